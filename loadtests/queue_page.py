"""How the queue answers at 100 and at 10,000 cases: `python -m loadtests.queue_page [CASES]`.

A PostgreSQL of its own, one officer who is signed in, made-up households by the way that real ones
take, all in one kelurahan: the worst there is. Prints the median of each page, what it costs more,
and how many statements it takes. The bar: three times what a hundred cases take, the same number.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import timedelta
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, text

from fmotm.embedded.scratch import scratch_postgres
from fmotm.households import Options, household
from portal.app import create_app
from portal.services import services
from registry.intake import Keys
from registry.rules.lifecycle import Role
from registry.rules.scope import Scope
from registry.settings import Settings, new_secrets
from registry.store import models
from registry.store.grants import PORTAL
from registry.store.migration import upgrade
from registry.store.session import engine
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.musyawarah.cases import Homes
from tests.integration.portal.support import PERIOD, now
from tests.integration.registration import GAMBIR, SEED, Home
from tests.integration.registry.store.factories import counted

FEW: Final = 100
MANY: Final = 10_000
TIMES: Final = 15
AT_ONCE: Final = 500
NOWHERE: Final = "redis://127.0.0.1:1/0"
QUEUE: Final = f"/musyawarah/{GAMBIR}/antrean"
MADE: Final = Options(flags=0.2, rivals=0.05, kelurahan=(GAMBIR,))

Figures = dict[str, tuple[float, int]]
"""Page → the median in milliseconds, and its statements."""


def main(many: int) -> None:
    """Measure with a hundred cases, then with many."""
    with scratch_postgres() as server:
        upgrade(server.url())
        owner = engine(server.url(), application="loadtest", scope=Scope.EVERYTHING)
        addresses = {
            "DATABASE_URL": server.url(PORTAL),
            "INBOX_REDIS_URL": NOWHERE,
            "REDIS_URL": NOWHERE,
        }
        settings = Settings.from_env({**new_secrets(), **addresses})
        app = create_app(settings)
        homes = Homes(owner, Keys.of(settings))
        _open_period(owner)
        officer = Office(app, owner).signed_in(Role.REVIEWER)
        with app.app_context():
            portal = services().database
        few = _measured(officer, portal, _registered(homes, 0, FEW))
        some = _registered(homes, FEW, many)
        with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        _print(few, _measured(officer, portal, some), many)
        portal.dispose()
        owner.dispose()


def _registered(homes: Homes, first: int, last: int) -> Home:
    home: Home | None = None
    for begin in range(first, last, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, last))
        home = homes.record([household(SEED, number, MADE) for number in numbers])[0]
    assert home is not None
    return home


def _open_period(owner: Engine) -> None:
    a_day = timedelta(days=1)
    row = {"id": PERIOD, "title": "", "opens_at": now() - a_day, "closes_at": now() + a_day}
    with owner.begin() as connection:
        connection.execute(insert(models.Period).values(**row))


def _measured(officer: FlaskClient, portal: Engine, home: Home) -> Figures:
    token = token_of(officer, "/akun")
    middle = _link(officer.get(QUEUE).text)
    pages = {
        "queue": QUEUE,
        "next page": middle,
        "one RT": f"{QUEUE}?rw=1&rt=1",
        "by flag": f"{QUEUE}?kriteria=mobil",
        "like others": f"{QUEUE}?mirip=1",
        "case": f"/musyawarah/{GAMBIR}/kasus/{home.hex}",
        "name search": "",
    }
    found: Figures = {}
    for name, address in pages.items():
        taken = []
        for _ in range(TIMES):
            with counted(portal) as statements:
                begun = time.perf_counter()
                if address:
                    answer = officer.get(address)
                else:
                    typed = {"cari": home.name[:5], "csrf_token": token}
                    answer = officer.post(f"/musyawarah/{GAMBIR}/cari", data=typed)
                taken.append(time.perf_counter() - begun)
            assert answer.status_code == 200, (name, answer.status_code)
        found[name] = (1000 * statistics.median(taken), len(statements))
    return found


def _link(page: str) -> str:
    """Return where the next page is, or this one where it is the last."""
    _, found, rest = page.partition('rel="next" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else QUEUE


def _print(few: Figures, many: Figures, cases: int) -> None:
    print(f"{'page':12} {FEW:>9} {cases:>9} {'times':>6}  statements")
    for name, (before, at_first) in few.items():
        after, at_last = many[name]
        ratio = after / before
        print(f"{name:12} {before:6.0f} ms {after:6.0f} ms {ratio:6.1f}  {at_first}, {at_last}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
