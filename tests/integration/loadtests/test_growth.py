"""`make bench-growth` at a size at which its figures mean nothing."""

from __future__ import annotations

import psycopg

from loadtests.bench.servers import running
from loadtests.growth.__main__ import GOALS, Size, grown
from registry.rules.scope import Scope
from registry.store.session import SCOPE

COPIED = """
    SELECT count(*),
        count(*) FILTER (WHERE people = household_size),
        count(*) FILTER (WHERE events = 2), count(*) FILTER (WHERE entries = 1)
    FROM (
        SELECT a.household_size,
            (SELECT count(*) FROM person_index p WHERE p.application_id = a.id) AS people,
            (SELECT count(*) FROM event e WHERE e.application_id = a.id) AS events,
            (SELECT count(*) FROM intake i WHERE i.application_id = a.id
                AND i.entry = a.entry) AS entries
        FROM application a
    ) AS each
"""


def test_pages_are_measured_with_few_and_with_many_stored() -> None:
    with running() as servers:
        rows = grown(servers, Size(few=400, many=3_000, large=60, times=2))
        everything = f"-c {SCOPE}={Scope.EVERYTHING.setting}"
        with psycopg.connect(servers.environ["DATABASE_URL"], options=everything) as connection:
            found = connection.execute(COPIED).fetchone()
            indexes = connection.execute(
                "SELECT count(*) FROM pg_indexes WHERE tablename = 'application'"
            ).fetchone()

    assert [row.goal.name for row in rows] == [goal.name for goal in GOALS.values()]
    assert all(row.value and row.baseline for row in rows)
    assert found is not None
    applications, with_people, with_events, with_entries = found
    assert 2_700 < applications <= 3_000
    assert with_events == with_entries == applications
    assert with_people > applications * 0.8  # who has no NIK yet is in no index
    assert indexes is not None
    assert indexes[0] > 5
