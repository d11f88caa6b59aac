"""Measurements of the whole, at the size of a real round. Nothing here runs in `make test`."""
