"""Tests of the store: on SQLite and on PostgreSQL, with real files and servers."""
