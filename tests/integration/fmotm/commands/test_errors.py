"""What an operator is told when something is wrong."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from fmotm.embedded import Postgres
from tests.integration.fmotm.commands.conftest import Fmotm


def test_missing_settings_are_a_line_and_exit_2(fmotm: Fmotm) -> None:
    result = fmotm("balance", code=2, DATABASE_URL="")
    assert result.output.startswith("Error: DATABASE_URL is not set")


def test_servers_down_are_a_line_and_exit_1(fmotm: Fmotm) -> None:
    down = fmotm("balance", code=1, DATABASE_URL="postgresql://fmotm:geheim@127.0.0.1:1/fmotm")
    assert "PostgreSQL cannot be reached" in down.output
    assert "geheim" not in down.output
    down = fmotm("balance", code=1, INBOX_REDIS_URL="redis://:geheim@127.0.0.1:1/0")
    assert down.output == "Error: the inbox is down (ConnectionError)\n"


def test_unmigrated_database_is_a_line(
    fmotm: Fmotm, new_database: Callable[[], str], postgres_server: Postgres
) -> None:
    url = postgres_server.url(database=new_database())
    assert "run `fmotm db upgrade`" in fmotm("period", "list", code=1, DATABASE_URL=url).output
    assert "not at" in fmotm("db", "check", code=1, DATABASE_URL=url).output
    fmotm("db", "upgrade", DATABASE_URL=url)
    fmotm("db", "upgrade", DATABASE_URL=url)
    fmotm("db", "check", DATABASE_URL=url)
    assert "no period yet" in fmotm("period", "list", DATABASE_URL=url).output


def test_role_without_rights_is_a_line(
    fmotm: Fmotm, database: Engine, postgres_server: object
) -> None:
    url = postgres_server.url("fmotm_portal", database.url.database)  # type: ignore[attr-defined]
    result = fmotm("period", "open", "2026-1", code=1, DATABASE_URL=url)
    assert "this role may not do that" in result.output
