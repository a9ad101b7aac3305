"""The public service: the archive, joining, leaving, webhooks."""
