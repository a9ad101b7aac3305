"""Imports text that was copied from a web page: roundtables and issues."""
