"""Tests of newsletter.sending.queued."""
