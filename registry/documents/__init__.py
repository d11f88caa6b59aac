"""What goes on paper: content in, bytes out. No database, no web, no keys."""
