"""Settings: newsletter.yaml and the environment, read with located mistakes."""
