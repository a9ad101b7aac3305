"""The database: the only package that knows SQL, on SQLite and on PostgreSQL."""
