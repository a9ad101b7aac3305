"""Tests of the archive: what is public, what is written, what browsers make of it."""
