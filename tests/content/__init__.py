"""Tests of the readers of issues and roundtables, and of what starts them."""
