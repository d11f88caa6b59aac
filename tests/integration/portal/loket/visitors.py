"""What happens at a counter: officers type, people have registered, things are noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.inbox import Inbox
from registry.intake import Keys
from registry.rules.lifecycle import Role
from registry.rules.nik import Nik
from registry.rules.receipts import format_receipt
from registry.store.models import Access, Application, Event, PaperForm
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.support import Fields, answers, drain, form, post
from tests.integration.registration import GAMBIR


@dataclass
class Counter:
    """Officers of Gambir at their counter, and the servers behind it."""

    office: Office
    inbox: Inbox
    keys: Keys
    database: Engine

    def officer(self, role: Role = Role.COUNTER, kelurahan: str = GAMBIR) -> FlaskClient:
        return self.office.signed_in(role, kelurahan)

    def registered(self, number: int = 1, **changed: str | list[str]) -> Fields:
        """Let a household of Gambir register on its phone, and drain it."""
        fields = household(number, **changed)
        assert post(self.office.app.test_client(), form(fields)).status_code == 303
        assert drain(self.inbox, self.keys, self.database) == 1
        return fields

    def application(self, fields: Fields) -> Application:
        """Give the latest application of a household."""
        index = self.keys.index.nik(Nik(fields["nik"][0]))
        with Session(self.database) as session:
            found = select(Application).filter_by(nik_index=index)
            return session.scalars(found.order_by(Application.entry.desc())).all()[0]

    def receipt(self, fields: Fields) -> str:
        return format_receipt(self.application(fields).receipt)

    def move(self, fields: Fields, state: str) -> None:
        with Session(self.database) as session, session.begin():
            ours = Application.id == self.application(fields).id
            session.execute(update(Application).where(ours).values(state=state))

    def kinds(self, fields: Fields) -> list[str]:
        with Session(self.database) as session:
            found = select(Event.kind).filter_by(application_id=self.application(fields).id)
            return list(session.scalars(found.order_by(Event.id)))

    def opened(self) -> list[tuple[str, str | None]]:
        """List what was opened of whom so far: what and why."""
        with Session(self.database) as session:
            found = session.scalars(select(Access).order_by(Access.id))
            return [(each.opened, each.reason) for each in found]

    def papers(self) -> list[PaperForm]:
        with Session(self.database) as session:
            return list(session.scalars(select(PaperForm).order_by(PaperForm.keyed_at)))

    def entries(self) -> int:
        return self.inbox.last_number()


def household(number: int = 1, **changed: str | list[str]) -> Fields:
    """Give the answers of a household in Gambir."""
    return answers(number, 7, **{"kelurahan": GAMBIR, "tanpa_rt_rw": "1", **changed})


def send(
    client: FlaskClient, path: str, fields: Mapping[str, list[str]] = {}, /, **more: str
) -> TestResponse:
    """Send a form of the counter with its token last."""
    token = token_of(client, "/loket")
    return client.post(path, data={**fields, **more, "csrf_token": token})
