"""The shared servers of the tests, and so the embedded servers themselves."""

import psycopg
import pytest
import redis

from fmotm.embedded import Postgres


def test_owner_may_make_tables_in_the_shared_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE here (id int)")
        connection.rollback()
        shown = connection.execute("SELECT current_user, version()").fetchone()
    assert shown is not None
    assert shown[0] == "fmotm_owner"
    assert "PostgreSQL 18" in shown[1]


def test_inbox_server_promises_what_the_inbox_needs(inbox_client: redis.Redis) -> None:
    wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
    assert {name: inbox_client.config_get(name)[name] for name in wanted} == wanted


def test_queue_server_is_another_one(inbox_client: redis.Redis, queue_client: redis.Redis) -> None:
    inbox_client.set("here", 1)
    assert queue_client.get("here") is None
    assert queue_client.config_get("appendfsync") == {"appendfsync": "everysec"}


@pytest.mark.parametrize("role", ["fmotm_owner", "fmotm_admin"])
def test_nobody_connects_with_a_wrong_password(postgres_server: Postgres, role: str) -> None:
    url = postgres_server.url(role, "postgres").replace(postgres_server.passwords[role], "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)
