"""Accounts for the staff of a load: invited as dinas does it; the people take them over."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy.orm import sessionmaker

from portal.accounts import people
from registry.rules.lifecycle import Role
from registry.rules.regions import all_kelurahan
from registry.store.session import engine

if TYPE_CHECKING:
    from loadtests.bench.servers import Servers

ORGANISATIONS = 4
_BY = "os:load"


@dataclass(frozen=True, slots=True)
class Invited:
    """Tokens of invitations, as the player's task has them."""

    helpers: list[list[str]]
    reviewers: list[list[str]]


def invite(servers: Servers, helpers: int, reviewers: int) -> Invited:
    """Invite helpers, of a few organisations, and reviewers, each of another kelurahan."""
    codes = [each.code for each in all_kelurahan()]
    database = engine(servers.environ["DATABASE_URL"])
    try:
        with sessionmaker(database).begin() as session:
            return Invited(
                [[people.invite(session, _helper(each), _BY)[1]] for each in range(helpers)],
                [
                    [
                        people.invite(session, _reviewer(each, codes[each % len(codes)]), _BY)[1],
                        codes[each % len(codes)],
                    ]
                    for each in range(reviewers)
                ],
            )
    finally:
        database.dispose()


def _address(of: str) -> str:
    """Return an e-mail that nobody has, so that servers may be played on again."""
    return f"{of}-{token_hex(8)}@contoh.example"


def _helper(number: int) -> people.NewAccount:
    organisation = number % ORGANISATIONS + 1
    return people.NewAccount(
        email=_address("pendamping"),
        full_name=f"Pendamping {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}",
        role=Role.PENDAMPING,
        organisation_id=f"lsm-{organisation}",
        organisation_name=f"LSM {organisation}",
    )


def _reviewer(number: int, kelurahan: str) -> people.NewAccount:
    return people.NewAccount(
        email=_address("petugas"),
        full_name=f"Petugas {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}",
        role=Role.REVIEWER,
        kelurahan=(kelurahan,),
    )
