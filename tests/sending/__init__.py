"""Tests of newsletter.sending."""
