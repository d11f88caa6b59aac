"""How long the sentences of a text are: what is easy to read has short ones."""

import re
from collections.abc import Iterable

# A full stop of these ends no sentence: 'Kec. Gambir'.
_ABBREVIATION = re.compile(r"\b(Kec|Kel|Kab|No|Jl|Gg|St|Mr|Mrs)\.(?=\s)")
_END = re.compile(r"(?<=[.?!])[\"'”’)]*\s+|\s*\n\s*")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a number such as 2.200 has none in it."""
    whole = _ABBREVIATION.sub(r"\1", text.strip())
    return [found for found in _END.split(whole) if found]


def longest_sentence(text: str) -> int:
    """Return the number of words of the longest sentence."""
    return max(_lengths([text]))


def mean_sentence(*texts: str) -> float:
    """Return the mean number of words of a sentence."""
    lengths = _lengths(texts)
    return sum(lengths) / len(lengths)


def is_sentence(text: str) -> bool:
    """Whether a text says something, and is not only a name or a label: those are short anyway."""
    return text.rstrip("\"'”’)").endswith((".", "?", "!"))


def _lengths(texts: Iterable[str]) -> list[int]:
    return [_words(sentence) for text in texts for sentence in sentences(text)]


def _words(sentence: str) -> int:
    """Count words; a dash between blanks is none."""
    return sum(any(map(str.isalnum, word)) for word in sentence.split())
