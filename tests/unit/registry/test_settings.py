"""Settings: all documented, checked at the start, never shown."""

import dataclasses
from pathlib import Path

import pytest

from registry.settings import SETTINGS, Setting, Settings, SettingsError, new_secrets, setting

URLS = {
    "DATABASE_URL": "postgresql://fmotm_owner:hunter22@db:5432/fmotm",
    "INBOX_REDIS_URL": "redis://:hunter22@inbox:6379/0",
    "REDIS_URL": "rediss://user:hunter22@queue/1",
}


@pytest.fixture
def environ() -> dict[str, str]:
    return {**URLS, **new_secrets()}


def problem(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def test_complete_settings_are_read(environ: dict[str, str]) -> None:
    settings = Settings.from_env({**environ, "TRUSTED_PROXIES": "2", "PORT": " 80\n"})
    assert settings.database_url == "postgresql+psycopg://fmotm_owner:hunter22@db:5432/fmotm"
    assert settings.portal_database_url == settings.worker_database_url == settings.database_url
    assert settings.inbox_redis_url == URLS["INBOX_REDIS_URL"]
    assert settings.seal_keys.newest == 1
    assert len(settings.index_key) == len(settings.id_key) == 32
    assert settings.secret_key == environ["SECRET_KEY"]
    assert (settings.trusted_proxies, settings.port) == (2, 80)


def test_what_may_be_left_out_has_a_safe_default(environ: dict[str, str]) -> None:
    settings = Settings.from_env(environ)
    assert settings.trusted_proxies == 0
    assert settings.data_dir == Path(".data")
    assert settings.port == 8000


def test_roles_have_their_own_urls(environ: dict[str, str]) -> None:
    environ["PORTAL_DATABASE_URL"] = "postgres://fmotm_portal@db/fmotm"
    settings = Settings.from_env(environ)
    assert settings.portal_database_url == "postgresql+psycopg://fmotm_portal@db/fmotm"
    assert settings.worker_database_url == settings.database_url


@pytest.mark.parametrize("missing", [each.variable for each in SETTINGS if each.required])
@pytest.mark.parametrize("empty", [None, "", "  \n"])
def test_a_missing_setting_is_named_and_explained(
    environ: dict[str, str], missing: str, empty: str | None
) -> None:
    if empty is None:
        del environ[missing]
    else:
        environ[missing] = empty
    said = problem(environ)
    assert said.startswith(f"{missing} is not set: {setting(missing).meaning}")
    assert "fmotm keys generate" in said or f"{missing}=" in said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "http"})
    named = [line.split()[0] for line in caught.value.problems]
    assert named == [*(each.variable for each in SETTINGS if each.required), "PORT"]
    assert str(caught.value).count("\n") == len(named) - 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "mysql://root:hunter22@db/fmotm", "must begin with postgresql://"),
        ("DATABASE_URL", "db hunter22", "must begin with postgresql://"),
        ("DATABASE_URL", "postgresql+psycopg2://u:hunter22@db/fmotm", "must begin"),
        ("DATABASE_URL", "postgresql://u:hunter22@db", "names no database"),
        ("DATABASE_URL", "postgresql://u:hunter22@db:5432x/fmotm", "is no URL"),
        ("DATABASE_URL", "postgresql://u:hunter22@[db/fmotm", "is no URL"),
        ("WORKER_DATABASE_URL", "sqlite:///hunter22", "must begin with postgresql://"),
        ("INBOX_REDIS_URL", "valkey://:hunter22@inbox", "must begin with redis://"),
        ("INBOX_REDIS_URL", "redis:hunter22", "must begin with redis://"),
        ("INBOX_REDIS_URL", "redis:///hunter22", "names no server"),
        ("REDIS_URL", "redis://:hunter22@queue:99999", "is no URL"),
        ("REDIS_URL", "unix://", "names no server"),
        ("SEAL_KEYS", "hunter22", "item 1"),
        ("SEAL_KEYS", "1:hunter22", "has 6 bytes"),
        ("INDEX_KEY", "hunter22", "has 6 bytes"),
        ("ID_KEY", "hunter22!", "is not base64"),
        ("SECRET_KEY", "hunter22", "has 8 characters, at least 32"),
        ("SECRET_KEY", "hunter22" * 2 + "2" * 15, "has 31 characters"),
        ("SECRET_KEY", "x" * 64, "is not random"),
        ("TRUSTED_PROXIES", "hunter22", "is not a number from 0 to 10"),
        ("TRUSTED_PROXIES", "-1", "is not a number"),
        ("TRUSTED_PROXIES", "1.5", "is not a number"),
        ("TRUSTED_PROXIES", "١", "is not a number"),
        ("TRUSTED_PROXIES", "9" * 5000, "is not a number"),
        ("PHOTO_STORE", "/hunter22", "must begin with file:/// or s3://"),
        ("PHOTO_STORE", "s3://KEY:hunter22@photos", "names no endpoint"),
        ("PUBLIC_URL", "daftar.hunter22.id", "must begin with https://"),
        ("PUBLIC_URL", "https://u:hunter22@daftar.example", "must be an address alone"),
        ("PUBLIC_URL", "https://daftar.example/?hunter22", "must be an address alone"),
        ("PORT", "0", "is not a number from 1 to 65535"),
        ("PORT", "65536", "is not a number from 1 to 65535"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(
    environ: dict[str, str], variable: str, value: str, said: str
) -> None:
    found = problem({**environ, variable: value})
    assert found.startswith(f"{variable} ")
    assert said in found
    assert "hunter22" not in found
    assert "fmotm keys generate" in found or f"{variable}={setting(variable).example}" in found


@pytest.mark.parametrize(("one", "other"), [("INDEX_KEY", "ID_KEY"), ("SEAL_KEYS", "ID_KEY")])
def test_a_key_that_serves_twice_is_refused(environ: dict[str, str], one: str, other: str) -> None:
    environ[other] = environ[one].removeprefix("1:")
    said = problem(environ)
    assert said.startswith(f"{other} is the same key as in {one}")
    assert environ[other] not in said


def test_a_wrong_setting_leaves_no_secret_in_the_traceback(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        setting("PORT").read({"PORT": "hunter22"})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_repr_shows_where_but_no_secret(environ: dict[str, str]) -> None:
    environ["REDIS_URL"] = "unix:///run/redis.sock?password=hunter22"
    environ["PHOTO_STORE"] = "s3://KEY:hunter22@photos?endpoint=https://s3.internal"
    shown = repr(Settings.from_env(environ))
    assert "postgresql+psycopg://fmotm_owner:•••@db:5432/fmotm" in shown
    assert "redis_url=unix:///run/redis.sock" in shown
    assert "hunter22" not in shown
    for variable, value in environ.items():
        if setting(variable).secret:
            assert value.removeprefix("1:") not in shown


def test_fresh_secrets_are_good_and_never_the_same() -> None:
    one, other = new_secrets(), new_secrets()
    assert set(one) == {each.variable for each in SETTINGS if each.secret and each.required}
    assert not set(one.values()) & set(other.values())
    Settings.from_env({**URLS, **one})


@pytest.mark.parametrize("each", SETTINGS, ids=lambda each: each.variable)
def test_every_setting_is_documented(each: Setting) -> None:
    assert len(each.meaning) > 20
    assert each.example
    if not each.secret:
        each.read({each.variable: each.example})
    if each.default is not None:
        each.read({})


def test_no_secret_has_a_default() -> None:
    assert all(not each.default for each in SETTINGS if each.secret)


def test_every_field_is_a_setting_of_its_own() -> None:
    assert len(dataclasses.fields(Settings)) == len({each.variable for each in SETTINGS})


def test_an_unknown_setting_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        setting("SECRET")
