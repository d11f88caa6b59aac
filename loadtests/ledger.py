"""A client's ledger: every receipt that was shown, and what is found when all are looked up.

On disk 24 bytes for each: the household's number and the application's id, out of the signed
address that the portal answers with. The receipt's code is made of the id and nothing else
(`registry.rules.receipts`), so that it need not be kept; senders open some receipts and compare.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from loadtests.bench.measure import CheckFailed
from registry.rules.nik import Nik
from registry.rules.receipts import ID_LENGTH, receipt_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import psycopg

    from loadtests.households import Households
    from registry.sealing import BlindIndex

RECORD: Final = struct.Struct(f">Q{ID_LENGTH}s")
_PAGE: Final = 1 << 16


def id_shown(location: str) -> bytes:
    """Return the application's id in a receipt's address. Raises ValueError."""
    _, found, token = location.rpartition("/bukti/")
    packed = token.partition(".")[0]
    try:
        content = base64.urlsafe_b64decode(packed) if found else b""
    except binascii.Error:
        content = b""
    if len(content) <= ID_LENGTH:
        message = "no receipt's address was answered"
        raise ValueError(message)
    return content[:ID_LENGTH]


class Ledger:
    """A file that receipts are added to; what was flushed stays, whatever becomes of us."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=_PAGE)

    def add(self, number: int, application_id: bytes) -> None:
        """Note the receipt of a household."""
        self._file.write(RECORD.pack(number, application_id))

    def flush(self) -> None:
        """Hand what was noted to the system."""
        self._file.flush()

    def close(self) -> None:
        """Write the rest and close the file."""
        self._file.close()


def held(paths: Iterable[Path]) -> int:
    """Count the receipts in some ledgers."""
    return sum(path.stat().st_size // RECORD.size for path in paths if path.exists())


def read(paths: Iterable[Path]) -> Iterator[tuple[int, bytes]]:
    """Yield each receipt's household and application. Raises CheckFailed for half a record."""
    for path in paths:
        with path.open("rb") as file:
            while page := file.read(RECORD.size * 4_096):
                if len(page) % RECORD.size:
                    message = f"{path.name} ends in the middle of a receipt"
                    raise CheckFailed(message)
                yield from RECORD.iter_unpack(page)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Receipts against PostgreSQL, after everything was drained."""

    receipts: int
    """Lines of the ledger; a household that sent twice may have two, which are alike."""
    households: int
    """Households that hold a receipt."""
    applications: int
    """Applications in PostgreSQL."""
    lost: int
    """Receipts that lead to no application, or to one of another household."""
    shared: int
    """Households whose receipts are not the same one, and receipts of two households."""
    unheard: int
    """Applications of which nobody holds the receipt."""

    def problems(self, unsure: int = 0) -> tuple[str, ...]:
        """Say what is wrong; nothing when every receipt leads to exactly one application.

        Of ``unsure`` households no answer was heard: they may be there without a receipt.
        """
        said = (
            (self.lost, "receipts lead to no application of their household"),
            (self.shared, "receipts are not one household's own"),
            (
                max(0, self.unheard - unsure),
                "applications are there whose receipt nobody was shown",
            ),
        )
        return tuple(f"{count:,} {words}" for count, words in said if count)


def compare(
    connection: psycopg.Connection[Any],
    paths: Iterable[Path],
    households: Households,
    key: BlindIndex,
    since: int = 0,
) -> Comparison:
    """Look every receipt up: by id, code and the applicant's NIK, all of which must agree.

    ``connection`` must see every household. A receipt code is worked out anew from the id. Counted
    are applications that came after entry ``since`` of the inbox.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(_HEARD)
        with connection.cursor().copy(_COPY) as copy:
            copy.set_types(("int8", "bytea", "text", "bytea"))
            for number, application_id in read(paths):
                index = key.nik(Nik(households.nik(number)))
                copy.write_row((number, application_id, receipt_code(application_id), index))
        connection.execute("ANALYZE heard")
        row = connection.execute(_COMPARED, (since,)).fetchone() or ()
    return Comparison(*(int(each) for each in row))


_HEARD: Final = (
    "CREATE TEMPORARY TABLE heard (number bigint, id bytea, receipt text, nik_index bytea)"
    " ON COMMIT DROP"
)
_COPY: Final = "COPY heard FROM STDIN (FORMAT binary)"
_COMPARED: Final = """
WITH application AS MATERIALIZED (
         SELECT id, receipt, nik_index FROM application WHERE entry > %s),
     different AS (SELECT DISTINCT number, id FROM heard)
SELECT
    (SELECT count(*) FROM heard),
    (SELECT count(DISTINCT number) FROM heard),
    (SELECT count(*) FROM application),
    (SELECT count(*) FROM heard h WHERE NOT EXISTS (
        SELECT FROM application a
        WHERE a.id = h.id AND a.receipt = h.receipt AND a.nik_index = h.nik_index)),
    (SELECT 2 * count(*) - count(DISTINCT number) - count(DISTINCT id) FROM different),
    (SELECT count(*) FROM application a WHERE NOT EXISTS (SELECT FROM heard h WHERE h.id = a.id))
"""
