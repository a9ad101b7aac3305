"""Front matter and Markdown files become issues and roundtables."""
