"""Visits to houses: whom to visit, the form, its photos, and what a supervisor asks of them."""
