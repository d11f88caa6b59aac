"""`fmotm user`: the people who sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fmotm.commands.common import (
    now,
    open_sessions,
    operator,
    read,
    refusal,
    say,
    say_json,
    table,
)
from portal.accounts import people
from portal.accounts.models import ROLES
from portal.accounts.problems import AccountError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from portal.accounts.models import Account

_SITE = click.option(
    "--site",
    metavar="URL",
    help="Where people open the portal, for the link. Default: this machine.",
)


@click.group()
def user() -> None:
    """Name the people who sign in, and help those who cannot.

    Nobody registers themselves and no mail is sent: you are given a link, for 7 days and for one
    use, and hand it over yourself. DATABASE_URL has to be that of the owner.
    """


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in ROLES]), required=True)
@click.option("--name", required=True, help="Full name.")
@click.option(
    "--kelurahan",
    multiple=True,
    metavar="CODE",
    help="For reviewer (again for each), chair and counter.",
)
@click.option("--organisation", metavar="ID", help="For pendamping: a-z, 0-9, dashes.")
@click.option("--organisation-name", help="For pendamping: what it is called.")
@_SITE
def add(site: str | None, email: str, role: str, name: str, **more: Any) -> None:
    """Make an account for EMAIL, and print its link."""
    new = people.NewAccount(
        email=email,
        full_name=name,
        role=role,
        kelurahan=more["kelurahan"],
        organisation_id=more["organisation"],
        organisation_name=more["organisation_name"],
    )
    with open_sessions().begin() as session:
        try:
            _, token = people.invite(session, new, _by())
        except AccountError as error:
            raise refusal(str(error)) from None
    _say_link(site, token)


@user.command()
@click.argument("email")
@_SITE
def invite(email: str, site: str | None) -> None:
    """Print a new link for EMAIL: for a lost password, phone, or link.

    Using it sets a new password and takes the second factor away; until then the old ones hold.
    """
    made: list[str] = []
    _change(email, lambda session, account: made.append(people.new_link(session, account, _by())))
    _say_link(site, made[0])


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(*, as_json: bool) -> None:
    """List the accounts."""
    with open_sessions()() as session:
        found = [_facts(each) for each in people.accounts(session)]
    if as_json:
        say_json(found)
        return
    say(
        table(
            ("e-mail", "name", "role", "for", "state"),
            [
                (
                    each["email"],
                    each["name"],
                    each["role"],
                    ", ".join(each["kelurahan"]) or each["organisation"] or "",
                    each["state"],
                )
                for each in found
            ],
        )
    )


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let EMAIL sign in no more, and end its sessions now."""
    _change(email, lambda session, account: people.disable(session, account, _by()))
    say("Disabled; its sessions have ended.")


@user.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL sign in again."""
    _change(email, lambda session, account: people.enable(session, account, _by()))
    say("Enabled.")


@user.command()
@click.argument("email")
def unlock(email: str) -> None:
    """Let EMAIL, locked by wrong tries, sign in again now."""
    _change(email, lambda session, account: people.unlock(session, account, _by()))
    say("Unlocked.")


def _change(email: str, what: Callable[[Session, Account], None]) -> None:
    with open_sessions().begin() as session:
        try:
            what(session, people.account_by_email(session, email))
        except AccountError as error:
            raise refusal(str(error)) from None


def _facts(account: Account) -> dict[str, Any]:
    locked = account.locked_until is not None and account.locked_until > now()
    states = {
        "disabled": not account.active,
        "invited": account.password is None,
        "locked": locked,
        "no second factor": account.needs_totp,
    }
    return {
        "id": account.id,
        "email": account.email,
        "name": account.full_name,
        "role": account.role,
        "kelurahan": account.kelurahan_codes,
        "organisation": account.organisation_id,
        "state": next((state for state, holds in states.items() if holds), "active"),
        "totp": account.has_totp,
    }


def _say_link(site: str | None, token: str) -> None:
    address = (site or f"http://127.0.0.1:{read('PORT')}").rstrip("/")
    say(f"{address}/undangan/{token}")


def _by() -> str:
    return operator().id or ""
