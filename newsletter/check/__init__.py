"""Finds what an author would regret after sending; only `outside` asks the web."""
