"""Tests of newsletter.events."""
