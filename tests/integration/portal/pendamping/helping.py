"""What organisations do: they register households, which then go their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import Account
from registry.opening import seal_words
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.store.models import Application
from registry.store.moves import Ordered, carry_out
from registry.store.questions import ask
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.loket.visitors import Counter, household
from tests.integration.portal.support import Fields, drain, form

MELATI, MAWAR = "lsm-melati", "lsm-mawar"
OFFICER = Actor("7", Role.REVIEWER, Scope.EVERYTHING)


@dataclass
class Helping(Counter):
    """Accounts of organisations, and the servers behind them."""

    def helper(self, organisation: str = MELATI, office: Office | None = None) -> FlaskClient:
        """Give the device of somebody of an organisation who is signed in."""
        there = office or self.office
        name = organisation.replace("lsm-", "LSM ").title().replace("Lsm", "LSM")
        device = there.app.test_client()
        named = {"organisation_id": organisation, "organisation_name": name}
        there.let_in(device, there.invite(Role.PENDAMPING, **named))
        return device

    def helped(self, number: int = 1, organisation: str = MELATI, **changed: str) -> Fields:
        """Let an organisation register a household, and drain it."""
        fields = household(number, **changed)
        assert send(self.helper(organisation), form(fields)).status_code == 303
        self.drained()
        return fields

    def last_account(self) -> int:
        """Give the number of the account that was made last."""
        with Session(self.database) as session:
            return session.scalar(select(func.max(Account.id))) or 0

    def drained(self) -> int:
        return drain(self.inbox, self.keys, self.database)

    def applications(self) -> list[Application]:
        """Give all of them, by entry."""
        with Session(self.database) as session:
            return list(session.scalars(select(Application).order_by(Application.entry)))

    def asked(self, fields: Fields, question: str) -> None:
        """Let the kelurahan ask a household something."""
        to = self.application(fields).id
        sealed = seal_words(self.keys.ring, to, {"question": question})
        with Session(self.database) as session, session.begin():
            ask(session, to, sealed, OFFICER)

    def decided(self, fields: Fields, state: State, reason: str | None = None) -> None:
        order = Ordered(self.application(fields).id, State.QUEUED, state, reason)
        with Session(self.database) as session, session.begin():
            carry_out(session, [order], OFFICER)


def send(client: FlaskClient, fields: Mapping[str, list[str]] = {}, /, **more: str) -> TestResponse:
    """Send the form with its token last."""
    token = token_of(client, "/akun")
    return client.post("/pendamping/daftar", data={**fields, **more, "csrf_token": token})
