"""Email services, each in one file of its own name."""
