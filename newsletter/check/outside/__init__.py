"""Tries the links that lead out of the publication: the only part that asks the web."""
