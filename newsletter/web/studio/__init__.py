"""The preview studio: a publication seen, written and tried out in the browser."""
