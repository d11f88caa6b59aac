"""Pure rules: facts, thresholds and today are arguments.

Nothing here reads a clock, a server or a setting; the package's own data is read once.
"""
