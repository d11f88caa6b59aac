"""Where the signed-in work: a kelurahan of theirs, and the round that they look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, g

from portal import rounds
from portal.accounts import current_actor
from registry.rules import practice
from registry.rules.errors import Invalid
from registry.rules.regions import place_of

if TYPE_CHECKING:
    from registry.rules.regions import Kelurahan


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan within the actor's scope, and a round by its id."""

    kelurahan: Kelurahan
    period: str

    @property
    def code(self) -> str:
        """The kelurahan's code, as it stands in addresses."""
        return self.kelurahan.code


def place(code: str) -> Place:
    """Return the place of an address; 404 for a kelurahan that is not the actor's to see.

    The round is the one of `?putaran=`, else the one that began last; before the first there is a
    page that says so. In practice it is the newest of practice, and the page is coloured.
    """
    try:
        found = place_of(code)
    except Invalid:
        abort(404)
    if found.code != code or not current_actor().scope.covers(code):
        abort(404)
    if code == practice.CODE:
        g.practice = True
        return Place(found, rounds.of_practice())
    return Place(found, rounds.asked(rounds.begun()).id)
