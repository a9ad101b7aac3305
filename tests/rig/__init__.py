"""What the tests use besides Python: PostgreSQL, Chromium, checkers, no network."""
