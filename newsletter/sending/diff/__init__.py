"""What readers would see change, for `newsletter diff`."""
