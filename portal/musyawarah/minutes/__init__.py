"""The minutes of sessions, and their corrections."""
