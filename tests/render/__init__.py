"""Tests of rendering: Markdown, merge tags, the email, its messages, and attacks."""
