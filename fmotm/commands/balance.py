"""`fmotm balance`: whether every application that was ever accepted is still there."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from fmotm.commands.common import NO, open_inbox, open_sessions, say, say_json
from registry.store.balance import balance as read_balance

if TYPE_CHECKING:
    from registry.store.balance import Balance


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def balance(*, as_json: bool) -> None:
    """Account for every application ever accepted; exit 1 when one is missing.

    The inbox numbers its entries 1, 2, 3 ... Each of them must be waiting in the inbox, or be
    recorded in the database: as a new application, as one that was known (repeated), or as set
    aside (quarantined). Exact at any time, also while workers work.
    """
    with open_sessions()() as session:
        figures = read_balance(session, open_inbox())
    if as_json:
        say_json(asdict(figures))
    else:
        _show(figures)
    if not figures.balanced:
        raise SystemExit(NO)


def _show(figures: Balance) -> None:
    for name in ("entries", "waiting", "inserted", "repeated", "quarantined"):
        say(f"{name:<12}{getattr(figures, name):>12,}")
    if figures.balanced:
        say("It adds up.")
    for first, last in figures.missing:
        say(f"missing: {first}" if first == last else f"missing: {first} to {last}")
    if figures.lost:
        say(f"The inbox has lost its last {figures.lost} numbers: see `fmotm inbox repair --help`.")
