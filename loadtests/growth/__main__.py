"""Look-ups and queues with 2,000,000 applications stored, by the same with 10,000.

`python -m loadtests.growth [STORED]`. Prints a table and writes loadtests/results/growth.json. The
queue is measured in a kelurahan of the size of a real round while the others grow, and in one that
grows as all do.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fmotm.embedded.credentials import OWNER, PORTAL
from fmotm.embedded.postgres import DATABASE
from loadtests.bench.measure import CheckFailed, Goal, Pair, Row, Sample
from loadtests.bench.report import as_json, as_text, described
from loadtests.bench.servers import running
from loadtests.bench.stats import median
from loadtests.growth.stored import Home, Stored
from portal.app import create_app
from portal.services import services
from registry.rules.lifecycle import Role
from registry.rules.receipts import format_receipt
from registry.rules.regions import all_kelurahan
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.queue import PAGE
from registry.store.session import engine
from tests.integration.portal.accounts.people import Office

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask.testing import FlaskClient

    from loadtests.bench.servers import Servers

RESULTS: Final = Path(__file__).resolve().parents[1] / "results" / "growth.json"
ROUND: Final = 6_700
"""Applications of one kelurahan in the largest round."""

LARGE, ALIKE = "31.71.01.1001", "31.71.01.1002"
_ELSEWHERE: Final = tuple(each.code for each in all_kelurahan() if each.code not in {LARGE, ALIKE})
_FEW: Final = "bench_few"
"""The database of the few."""

_FULL_PAGE: Final = PAGE + 10
_BEFORE: Final = 10
"""Requests that are not counted: connections and plans are made."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many are stored before and after, how many of one kelurahan, and how often is asked."""

    few: int = 10_000
    many: int = 2_000_000
    large: int = ROUND
    times: int = 100


Figures = dict[str, float]
"""Row → median of its requests, in milliseconds."""


def _goal(name: str, what: str) -> Goal:
    return Goal(name=f"growth-{name}", what=what, unit="ms", goal=1.3, lower_is_better=True)


GOALS: Final = {
    "status": _goal("status", "a status look-up by receipt"),
    "queue": _goal("queue", f"the queue of a kelurahan of {ROUND:,} while the others grow"),
    "queue-alike": _goal("queue-alike", "the queue of a kelurahan that grows as all do"),
}
CONTROL: Final = "without a database"


class Pages:
    """The portal in this process, with an officer signed in for each of the two kelurahan."""

    def __init__(self, servers: Servers, database: str) -> None:
        urls = {
            "DATABASE_URL": servers.postgres.url(OWNER, database),
            "PORTAL_DATABASE_URL": servers.postgres.url(PORTAL, database),
        }
        self._app = create_app(Settings.from_env(servers.environ | urls))
        owner = engine(urls["DATABASE_URL"], scope=Scope.EVERYTHING)
        office = Office(self._app, owner)
        self._officers = {code: office.signed_in(Role.REVIEWER, code) for code in (LARGE, ALIKE)}
        owner.dispose()

    def asked(self, homes: Sequence[Home]) -> dict[str, Callable[[int], None]]:
        """Return how each page is asked for, the so-maniest time."""
        citizen = self._app.test_client()
        return {
            "status": lambda turn: _look_up(citizen, homes[turn * 37 % len(homes)], turn),
            "queue": lambda _: self._show_queue(LARGE),
            "queue-alike": lambda _: self._show_queue(ALIKE),
            CONTROL: lambda _: _show(citizen, "/daftar"),
        }

    def close(self) -> None:
        """Close the connections."""
        with self._app.app_context():
            services().close()

    def _show_queue(self, kelurahan: str) -> None:
        _show(self._officers[kelurahan], f"/musyawarah/{kelurahan}/antrean")


def _show(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        message = f"{address} answered {answer.status_code}"
        raise CheckFailed(message)


def _look_up(client: FlaskClient, home: Home, turn: int) -> None:
    # Everybody has an address of their own, as through a proxy.
    address = {"X-Forwarded-For": f"10.0.{turn // 250}.{turn % 250}"}
    answer = client.post("/cek", data={"nik": home.nik, "bukti": home.receipt}, headers=address)
    if answer.status_code != 200 or format_receipt(home.receipt) not in answer.text:
        message = f"a registered household was not found: {answer.status_code}"
        raise CheckFailed(message)


def measured(pages: Sequence[Pages], homes: Sequence[Home], times: int) -> list[Figures]:
    """Ask each portal for each page so often, all by turns; return the medians of each."""
    asked = [each.asked(homes) for each in pages]
    taken: list[dict[str, list[float]]] = [{name: [] for name in each} for each in asked]
    for turn in range(times + _BEFORE):
        for name in asked[0]:
            for ours, figures in zip(asked, taken, strict=True):
                began = time.perf_counter()
                ours[name](turn)
                figures[name].append(1000 * (time.perf_counter() - began))
    return [{name: median(each[_BEFORE:]) for name, each in found.items()} for found in taken]


def grown(servers: Servers, size: Size) -> list[Row]:
    """Store few and keep them, store the rest, then measure both by turns."""
    stored = Stored(servers)
    alike = [max(_FULL_PAGE, total // len(all_kelurahan())) for total in (size.few, size.many)]
    homes = stored.register([LARGE], size.large) + stored.register([ALIKE], alike[0])
    stored.register(_ELSEWHERE, max(1, (size.few - len(homes)) // len(_ELSEWHERE)))
    stored.settle()
    stored.keep_as(_FEW)
    numbers = [stored.count()]
    stored.register([ALIKE], alike[1] - alike[0])
    stored.copy(_ELSEWHERE, size.many)
    stored.settle()
    numbers.append(stored.count())
    pages = [Pages(servers, database) for database in (_FEW, DATABASE)]
    few, many = measured(pages, homes, size.times)
    for each in pages:
        each.close()
    steady = many[CONTROL] / few[CONTROL]
    notes = (
        f"{numbers[1]:,} stored, {numbers[0]:,} before",
        f"a page without a database took {steady:.2f} times as long: the machine's own unrest",
    )
    pairs = {name: Pair(Sample(many[name]), Sample(few[name])) for name in GOALS}
    return [Row(goal, (pairs[name],), notes=notes) for name, goal in GOALS.items()]


def main(size: Size) -> int:
    """Measure, print and write; give the exit code."""
    began = time.monotonic()
    try:
        with running() as servers:
            rows = grown(servers, size)
    except CheckFailed as failed:
        print(f"the bench cannot run: {failed}", file=sys.stderr)
        return 1
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(as_json(rows), "utf-8")
    print(as_text(described(rows)))
    print(f"{time.monotonic() - began:.0f} s; written to {RESULTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Size(many=int(sys.argv[1])) if len(sys.argv) > 1 else Size()))
