"""What a correction says otherwise than the minutes that it corrects: words, and nothing else.

It moves nobody, and changes no count and no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from registry.rules.errors import Invalid
from registry.rules.names import clean_name, clean_text
from registry.rules.verdicts import LONGEST_SENTENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 500
LONGEST_FUNCTION: Final = 80
LONGEST_NOTES: Final = 2_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The reason, and the words that stand in place of others.

    ``people``: number on the attendance list → name and function. ``sentences``: number on the
    agenda → what the annex says of that case. ``notes`` is None where they stay.
    """

    reason: str = field(default="", repr=False)
    notes: str | None = field(default=None, repr=False)
    people: Mapping[int, tuple[str, str]] = field(default_factory=dict, repr=False)
    sentences: Mapping[int, str] = field(default_factory=dict, repr=False)

    def over(self, earlier: Self) -> Self:
        """Return these changes laid over earlier ones; the reason is this one's."""
        return type(self)(
            self.reason,
            earlier.notes if self.notes is None else self.notes,
            {**earlier.people, **self.people},
            {**earlier.sentences, **self.sentences},
        )

    def as_words(self) -> dict[str, str]:
        """Return them as `registry.opening.seal_words` takes them."""
        said = {"reason": self.reason}
        if self.notes is not None:
            said["notes"] = self.notes
        for number, (name, function) in self.people.items():
            said |= {f"name-{number}": name, f"function-{number}": function}
        return said | {f"sentence-{number}": text for number, text in self.sentences.items()}

    @classmethod
    def from_words(cls, said: Mapping[str, str]) -> Self:
        """Return what `as_words` wrote."""
        numbered = [(*key.rpartition("-")[::2], text) for key, text in said.items() if "-" in key]
        people = {
            int(number): (text, said[f"function-{number}"])
            for what, number, text in numbered
            if what == "name"
        }
        sentences = {int(n): text for what, n, text in numbered if what == "sentence"}
        return cls(said["reason"], said.get("notes"), people, sentences)


def clean_changes(
    reason: str,
    notes: str | None,
    people: Mapping[int, tuple[str, str]],
    sentences: Mapping[int, str],
) -> Changes:
    """Return the changes that somebody typed.

    Raises Invalid: `reason_missing` (under 10 characters), `too_long`, `name_…`.
    """
    try:
        clean = Changes(
            clean_text(reason, LONGEST_REASON),
            None if notes is None else clean_text(notes, LONGEST_NOTES),
            {
                number: (clean_name(name), clean_text(function, LONGEST_FUNCTION))
                for number, (name, function) in people.items()
            },
            {number: clean_text(text, LONGEST_SENTENCE) for number, text in sentences.items()},
        )
    except Invalid as invalid:
        raise (Invalid("too_long") if invalid.code == "text_long" else invalid) from None
    if len(clean.reason) < SHORTEST_REASON or not any(map(str.isalpha, clean.reason)):
        raise Invalid("reason_missing")
    return clean
