"""A backup by the tables' owner holds every row, taken as the decision on scopes says."""

from __future__ import annotations

import os
import subprocess

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from fmotm.embedded import Binaries, Postgres
from tests.integration.registry.store.factories import checked, index, record_now


def dump(server: Postgres, binaries: Binaries, bind: Engine, *options: str, scope: str) -> str:
    address = make_url(server.url(database=str(bind.url.database)))
    done = subprocess.run(
        [
            str(binaries.postgres.with_name("pg_dump")),
            *("--data-only", "--table=application", *options),
            address.render_as_string(hide_password=False),
        ],
        env={**os.environ, "PGOPTIONS": f"-c fmotm.scope={scope}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("scope", "whole"), [("all", True), ("", False)])
def test_a_dump_holds_what_its_scope_sees(
    bind: Engine, postgres_server: Postgres, binaries: Binaries, scope: str, whole: bool
) -> None:
    record_now(bind, checked("a", 1))
    dumped = dump(postgres_server, binaries, bind, "--enable-row-security", scope=scope)
    assert (index("application a").hex() in dumped) is whole


def test_a_dump_that_would_miss_rows_is_refused(
    bind: Engine, postgres_server: Postgres, binaries: Binaries
) -> None:
    assert "row-level security" in dump(postgres_server, binaries, bind, scope="all")
