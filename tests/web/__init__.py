"""Tests of newsletter.web."""
