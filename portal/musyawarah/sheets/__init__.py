"""The sheets on which a neighbourhood says whom it knows: made, shown, keyed from paper."""
