"""Tests of trying links: on this machine only, never on the web."""
