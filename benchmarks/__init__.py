"""Measures what docs and README claim; each figure is kept with its command."""

import os

# A reader's Python keeps what it has compiled; else each start measures the compiler.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
