"""Tests of newsletter.sending.doctor."""
