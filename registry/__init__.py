"""The domain: what is registered, the rules on it, and where it is kept."""
