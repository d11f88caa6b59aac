"""A whole round of one kelurahan: who takes part, and what each of them does."""
