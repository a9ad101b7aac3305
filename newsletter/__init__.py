"""newsletter: Markdown issues become emails, an archive and sent campaigns."""

__version__ = "0.1.0"
