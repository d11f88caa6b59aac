"""`fmotm keys`: make keys, and change them while everything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fmotm import rekeying
from fmotm.commands.common import MISUSED, NO, open_inbox, open_sessions, read, refusal, say, warn
from fmotm.rekeying import Indexes
from registry.sealing import BlindIndex
from registry.settings import new_secrets
from registry.store.photos import sealed_otherwise

if TYPE_CHECKING:
    from fmotm.rekeying import Outcome
    from registry.sealing import KeyRing


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
    and then portals with it, run this as the database's owner, take the old key out. Runs while
    everything works, in small steps; broken off, it goes on where it was. What waits in the inbox
    keeps its key, and so do photos: take the old one out only when this says so. Keep it apart
    as long as there are backups from before.
    """
    ring: KeyRing = read("SEAL_KEYS")
    sessions, box = open_sessions(), open_inbox()
    before = box.last_number()
    first = rekeying.reseal(sessions, ring)
    waiting = next(box.waiting_numbers(before), None)
    # Once more: what was drained meanwhile may stand where the first look had already been.
    again = rekeying.reseal(sessions, ring)
    _tell_changed({name: count + again.changed[name] for name, count in first.changed.items()})
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
        say(f"Nothing needs another key than {ring.newest}: others may be taken out.")
    _end_with(again)


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

    outcome = rekeying.reindex(open_sessions(), indexes)
    say(f"{outcome.total} rows have new indexes.")
    _end_with(outcome)


def _old_index() -> BlindIndex:
    old: bytes | None = read("INDEX_KEY_OLD")
    if old is None:
        message = "INDEX_KEY_OLD is not set. It is the INDEX_KEY that was used so far"
        raise refusal(message, MISUSED)
    return BlindIndex(old)


def _tell_changed(changed: dict[str, int]) -> None:
    say(f"{sum(changed.values())} sealed anew.")
    for name, count in changed.items():
        if count:
            say(f"{count:9} {name}")


def _end_with(outcome: Outcome) -> None:
    for line in outcome.failed[:20]:
        warn(f"left as it was: {line}")
    if len(outcome.failed) > 20:
        warn(f"... and {len(outcome.failed) - 20} more")
    if outcome.failed:
        raise SystemExit(NO)
