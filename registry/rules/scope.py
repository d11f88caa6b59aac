"""How far someone sees: everything, some kelurahan, what one organisation sent, or nothing.

The same bound holds twice: the software asks `covers`, and PostgreSQL's row-level security reads
`setting` from the transaction. Whoever has no scope sees nothing, never everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

_KELURAHAN: Final = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}", re.ASCII)
ORGANISATION: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
"""An organisation's id: 1 to 40 small letters, digits and inner dashes, such as `lsm-melati`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one account may see. Made by EVERYTHING, NOTHING, `of_kelurahan`, `of_organisation`."""

    EVERYTHING: ClassVar[Scope]
    """The province: dinas, auditors, operators, and the software."""
    NOTHING: ClassVar[Scope]
    """No household at all: citizens, and accounts that nobody has given a kelurahan."""

    everything: bool = False
    kelurahan: frozenset[str] = frozenset()
    """Kemendagri codes such as `31.71.01.1001`."""
    organisation: str | None = None

    @classmethod
    def of_kelurahan(cls, codes: Iterable[str]) -> Self:
        """Return the scope of one or more kelurahan; of none at all it is NOTHING.

        Raises ValueError for a code that is not written as `31.71.01.1001`.
        """
        given = frozenset(codes)
        for code in given:
            if not _KELURAHAN.fullmatch(code):
                raise ValueError("a kelurahan's code is written as 31.71.01.1001")
        return cls(kelurahan=given)

    @classmethod
    def of_organisation(cls, organisation: str) -> Self:
        """Return the scope of what an organisation sent.

        Raises ValueError for an id that is not as ORGANISATION.
        """
        if not ORGANISATION.fullmatch(organisation):
            raise ValueError("an organisation's id is 1 to 40 of a-z, 0-9 and inner dashes")
        return cls(organisation=organisation)

    @property
    def setting(self) -> str:
        """The text of PostgreSQL's `fmotm.scope`: `all`, ``, `kelurahan:A,B`, `organisation:ID`."""
        if self.everything:
            return "all"
        if self.kelurahan:
            return "kelurahan:" + ",".join(sorted(self.kelurahan))
        if self.organisation is not None:
            return f"organisation:{self.organisation}"
        return ""

    def covers(self, kelurahan: str) -> bool:
        """Tell whether all of a kelurahan is within it. An organisation's never is."""
        return self.everything or kelurahan in self.kelurahan


Scope.EVERYTHING = Scope(everything=True)
Scope.NOTHING = Scope()
