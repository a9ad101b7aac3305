"""The preview studio."""
