"""The whole tool in processes of its own, killed and starved."""
