"""Subscribers: addresses, CSV files, import, export and single people."""
