"""`fmotm keys`: make keys, and change them while everything runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from fmotm.commands.common import MISUSED, NO, open_inbox, open_sessions, read, refusal, say, warn
from fmotm.rekeying import Indexes, reindex_application, reindex_quarantine
from portal.accounts.own import reseal_totp
from registry.intake import PURPOSE
from registry.sealing import BlindIndex, KeyRing, UnsealError
from registry.settings import new_secrets
from registry.store.photos import sealed_otherwise
from registry.store.sealed import HOLDERS, put_sealed, sealed_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from registry.store.sealed import Sealed

BATCH: Final = 500


@dataclass(slots=True)
class Outcome:
    """How many rows were changed, and which could not be opened."""

    changed: int = 0
    failed: list[str] = field(default_factory=list)


@click.group()
def keys() -> None:
    """Make keys, and change them.

    SEAL_KEYS seal what is personal, INDEX_KEY is for looking up by NIK and KK, ID_KEY makes the
    applications' ids, SECRET_KEY signs. Keep copies of all four apart from the data: without
    SEAL_KEYS nothing that is stored can be read again.
    """


@keys.command(short_help="Print fresh values for the secret settings.")
def generate() -> None:
    """Print fresh values for the four secret settings, as lines for an environment file."""
    for name, value in new_secrets().items():
        say(f"{name}={value}")


@keys.command(short_help="Seal the database anew with the newest key.")
def rotate() -> None:
    """Seal everything in the database again with the newest of SEAL_KEYS.

    To change the key: add a new one with a higher number to SEAL_KEYS (2:...), restart workers
    and then portals with it, run this, take the old key out. Runs while everything works, in small
    steps; broken off, it goes on where it was. What waits in the inbox keeps its key: take the
    old one out only when this says so. Photos keep theirs, too.
    """
    ring: KeyRing = read("SEAL_KEYS")
    sessions, box = open_sessions(), open_inbox()
    before = box.last_number()
    outcome = _each_row(sessions, _reseal_with(ring), not_with=ring.newest)
    waiting = next(box.waiting_numbers(before), None)
    # Once more: what was drained meanwhile may stand where the first look had already been.
    again = _each_row(sessions, _reseal_with(ring), not_with=ring.newest)
    with sessions.begin() as session:
        second_factors, lost = reseal_totp(session, ring)
    again.changed += outcome.changed + second_factors
    again.failed += lost
    say(f"{again.changed} rows are sealed anew, with key {ring.newest}.")
    _tell_failed(again)
    if waiting:
        warn(
            f"Entries wait in the inbox that an older key may have sealed. Run this again when"
            f" those up to number {before} are drained, before taking a key out."
        )
    with sessions() as session:
        photos = sealed_otherwise(session, ring.newest)
    if photos:
        warn(f"Photos sealed with an older key stay so ({photos}): take no key out.")
    if not (waiting or photos or again.failed):
        say(f"Nothing needs another key than {ring.newest}.")
    if again.failed:
        raise SystemExit(NO)


def _reseal_with(ring: KeyRing) -> Callable[[Session, str, Sealed], bool]:
    def reseal(session: Session, holder: str, row: Sealed) -> bool:
        sealed = ring.reseal(PURPOSE, row.application_id, row.sealed)
        put_sealed(session, holder, row.key, sealed)
        return True

    return reseal


@keys.command()
def reindex() -> None:
    """Make all blind indexes again, with a new INDEX_KEY.

    Needs INDEX_KEY (new), INDEX_KEY_OLD and SEAL_KEYS. The old and the new index must not mix, so
    first: fmotm inbox halt "new index key"; wait until nothing waits; stop portals and workers.
    After it: start them with the new key, then fmotm inbox resume. Broken off, it goes on where
    it was.
    """
    indexes = Indexes(read("SEAL_KEYS"), _old_index(), BlindIndex(read("INDEX_KEY")))
    box = open_inbox()
    if box.halted() is None:
        raise refusal('the inbox still accepts: first, fmotm inbox halt "new index key"')
    if waiting := box.depth():
        message = f"{waiting} entries wait under the old key: let workers drain the inbox first"
        raise refusal(message)

    def change(session: Session, holder: str, row: Sealed) -> bool:
        how = reindex_application if holder == "application" else reindex_quarantine
        return how(session, row, indexes)

    outcome = _each_row(open_sessions(), change)
    say(f"{outcome.changed} rows have new indexes.")
    _tell_failed(outcome)
    if outcome.failed:
        raise SystemExit(NO)


def _old_index() -> BlindIndex:
    old: bytes | None = read("INDEX_KEY_OLD")
    if old is None:
        message = "INDEX_KEY_OLD is not set. It is the INDEX_KEY that was used so far"
        raise refusal(message, MISUSED)
    return BlindIndex(old)


def _each_row(
    sessions: sessionmaker[Session],
    change: Callable[[Session, str, Sealed], bool],
    *,
    not_with: int | None = None,
) -> Outcome:
    """Change every row that holds something sealed, a transaction for each batch."""
    outcome = Outcome()
    for holder in HOLDERS:
        after: bytes | int | None = None
        while True:
            with sessions.begin() as session:
                rows = sealed_rows(session, holder, after=after, limit=BATCH, not_with=not_with)
                for row in rows:
                    try:
                        outcome.changed += change(session, holder, row)
                    except (UnsealError, ValueError) as error:
                        reason = error.kind if isinstance(error, UnsealError) else "unreadable"
                        outcome.failed.append(f"{holder} {_shown(row.key)}: {reason}")
            if len(rows) < BATCH:
                break
            after = rows[-1].key
    return outcome


def _shown(key: bytes | int) -> str:
    return key.hex() if isinstance(key, bytes) else str(key)


def _tell_failed(outcome: Outcome) -> None:
    for line in outcome.failed[:20]:
        warn(f"left as it was: {line}")
    if len(outcome.failed) > 20:
        warn(f"... and {len(outcome.failed) - 20} more")
