"""The subscribers: imported, added, listed, exported and removed."""
