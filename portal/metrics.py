"""What the portal counts about itself, for those who watch it."""

from __future__ import annotations


def refused(kind: str) -> None:
    """Count that somebody was refused, and why: a short word of ours, never anything of theirs."""
    del kind
