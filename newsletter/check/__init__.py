"""Finds what an author would regret after sending; knows values only, reads no file."""
