"""How long the sentences of a text are: what is easy to read has short ones."""

import re
from collections.abc import Iterable


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [found for found in re.split(r"(?<=[.?!])\s+", text.strip()) if found]


def longest_sentence(text: str) -> int:
    """Return the number of words of the longest sentence."""
    return max(len(sentence.split()) for sentence in sentences(text))


def mean_sentence(*texts: str) -> float:
    """Return the mean number of words of a sentence."""
    lengths = _lengths(texts)
    return sum(lengths) / len(lengths)


def _lengths(texts: Iterable[str]) -> list[int]:
    return [len(sentence.split()) for text in texts for sentence in sentences(text)]
