"""Measures what docs and README claim; each figure is kept with its command."""
