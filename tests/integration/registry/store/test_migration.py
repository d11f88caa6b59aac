from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from registry.store import migration
from registry.store.migration import check, upgrade
from registry.store.models import Base
from registry.store.session import psycopg_url
from tests.integration.registry.store.conftest import Connect, NewUrl


def constraints(connection: Connection) -> set[tuple[str, str, str]]:
    """All constraints and indexes, as PostgreSQL writes them."""
    rows = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION SELECT tablename, indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'"
        )
    )
    return {(row[0], row[1], row[2]) for row in rows if row[0] != "alembic_version"}


def test_migrations_and_models_are_the_same(database_url: str) -> None:
    assert check(database_url) == []


def test_migrations_and_models_have_the_same_checks(
    database_url: str, new_url: NewUrl, connect: Connect
) -> None:
    """Autogenerate does not compare CHECK constraints: PostgreSQL's own words do."""
    created = connect(new_url())
    Base.metadata.create_all(created)
    assert constraints(connect(database_url)) == constraints(created)


def test_check_tells_what_differs(new_url: NewUrl, connect: Connect) -> None:
    url = new_url()
    assert any("no migration" in line for line in check(url))
    upgrade(url)
    changed = connect(url)
    changed.execute(text("ALTER TABLE application DROP COLUMN flooded"))
    changed.execute(text("DROP INDEX ix_application_receipt"))
    changed.commit()
    assert len(check(url)) == 2


def test_upgrade_again_and_from_many_hosts_at_once(new_url: NewUrl, connect: Connect) -> None:
    url = new_url()
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(upgrade, url) for _ in range(3)]:
            done.result(60)
    upgrade(url)
    assert check(url) == []
    # Practice is one more.
    levels = connect(url).execute(text("SELECT level, count(*) FROM region GROUP BY level"))
    assert {row[0]: row[1] for row in levels} == {"kota": 6, "kecamatan": 44, "kelurahan": 268}


def test_downgrade_and_upgrade_again(new_url: NewUrl) -> None:
    url = new_url()
    upgrade(url)
    bind = create_engine(psycopg_url(url))
    with bind.begin() as connection:
        migration._alembic(connection, lambda config: command.downgrade(config, "base"))
    bind.dispose()
    upgrade(url)
    assert check(url) == []


def test_upgrade_corrects_regions_and_keeps_strangers(new_url: NewUrl, connect: Connect) -> None:
    url = new_url()
    upgrade(url)
    with connect(url) as connection:
        connection.execute(text("UPDATE region SET name = 'Wrong' WHERE code = '31.71.01.1001'"))
        connection.execute(
            text("INSERT INTO region VALUES ('31.71.01.9999', 'kelurahan', 'Old', '31.71.01')")
        )
        connection.commit()
    upgrade(url)
    found = connect(url).execute(
        text("SELECT code, name FROM region WHERE code IN ('31.71.01.1001', '31.71.01.9999')")
    )
    names = {row[0]: row[1] for row in found}
    assert names["31.71.01.1001"] not in {"", "Wrong"}
    assert names["31.71.01.9999"] == "Old"


def test_failed_upgrade_leaves_nothing(
    new_url: NewUrl, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_url()

    def fail(_connection: Connection) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("registry.store.migration.grants", fail)
    with pytest.raises(RuntimeError, match="killed"):
        upgrade(url)
    tables = connect(url).execute(text("SELECT count(*) FROM pg_tables WHERE schemaname='public'"))
    assert tables.scalar() == 0
