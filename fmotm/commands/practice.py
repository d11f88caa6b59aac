"""`fmotm practice`: made-up cases, to learn the musyawarah on."""

from __future__ import annotations

import click

from fmotm.commands.common import now, open_sessions, read, say
from fmotm.practice import fill as fill_anew
from registry.intake import Keys
from registry.rules.practice import CODE
from registry.sealing import BlindIndex


@click.group()
def practice() -> None:
    """Fill the kelurahan in which reviewers and lurah practise, with made-up cases.

    It touches no real figure: it is in no board, balance, minutes to verify or public status.
    """


@practice.command()
@click.option("--cases", default=60, show_default=True, type=click.IntRange(1, 5000))
def fill(cases: int) -> None:
    """Begin practice anew with made-up cases.

    What was practised so far goes out of sight. It is not removed: the history of practice is
    append-only too, so nobody can use it to remove anything.
    """
    keys = Keys(read("SEAL_KEYS"), BlindIndex(read("INDEX_KEY")), read("ID_KEY"))
    with open_sessions().begin() as session:
        period = fill_anew(session, keys, cases, now())
    say(f"{period}: {cases} made-up cases in {CODE}.")
    say("Every reviewer and lurah finds them at /musyawarah/latihan.")
