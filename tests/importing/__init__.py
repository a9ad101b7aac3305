"""Tests of importing text that was copied from a web page."""
