"""`fmotm db`: the database's schema."""

from __future__ import annotations

import click

import portal.accounts.models  # noqa: F401 - its tables are part of what is compared
from fmotm.commands.common import NO, read, say
from registry.store.migration import check as differences
from registry.store.migration import upgrade as bring_up_to_date


@click.group()
def db() -> None:
    """Set the database up, or check it. DATABASE_URL has to be that of its owner."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest migration.

    Loads the regions of Jakarta as well, and gives the roles fmotm_portal and fmotm_worker, where
    they exist, what they need and no more. Safe to run again, and from several hosts at once.
    """
    bring_up_to_date(read("DATABASE_URL"))
    say("The database is up to date.")


@db.command(short_help="Tell whether it is as this release needs it.")
@click.option(
    "--scratch",
    is_flag=True,
    help="Migrate an empty database, made for the moment, and check that: for developers.",
)
def check(*, scratch: bool) -> None:
    """Tell whether the database is as this release needs it; exit 1 when it is not."""
    found = _differences_from_nothing() if scratch else differences(read("DATABASE_URL"))
    for line in found:
        say(line)
    if found:
        raise SystemExit(NO)
    say("The migrations match the models." if scratch else "The database is as it should be.")


def _differences_from_nothing() -> list[str]:
    # Imported late: production has no embedded servers installed.
    from fmotm.embedded.scratch import scratch_postgres  # noqa: PLC0415

    with scratch_postgres() as server:
        bring_up_to_date(server.url())
        return differences(server.url())
