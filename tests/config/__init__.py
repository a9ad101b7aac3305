"""Tests of the settings and of reading files and YAML."""
