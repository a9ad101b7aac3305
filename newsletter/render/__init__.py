"""Issues and roundtables become email HTML, plain text, web pages and MIME messages."""
