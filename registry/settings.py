"""Settings: read once from the environment, checked at the start, documented here.

Nothing has an unsafe default: what protects people must be given, and `fmotm keys generate`
prints good values. Errors name the variable and say how to make it right; they never show a value.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from registry.blobs import StoreAddress, store_address
from registry.environment import (
    Setting,
    SettingsError,
    number,
    optional_key,
    optional_secret,
    postgresql_url,
    redis_url,
    secret_text,
    web_address,
)
from registry.sealing import BlindIndex, KeyRing, key_from_text, keys_from_text, new_key_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SETTINGS", "Setting", "Settings", "SettingsError", "new_secrets", "setting"]

_KEYS_REMEDY: Final = "Make a good one with: fmotm keys generate"
_EXAMPLE_KEY: Final = "<base64 of 32 bytes>"
_DATABASE: Final = Setting(
    "DATABASE_URL",
    "PostgreSQL 15 or later. For `fmotm db upgrade` the role that owns the tables; a portal or "
    "worker is better given only the URL of its own role",
    "postgresql://fmotm_owner:secret@db.internal/fmotm",
    parse=postgresql_url,
)


def _about(variable: str, meaning: str, example: str, **more: Any) -> dict[str, Setting]:
    """Make the metadata of a dataclass field: its own documentation and how it is read."""
    return {"setting": Setting(variable, meaning, example, **more)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Settings:
    """Everything that a process is told from outside. ``repr`` shows no secret."""

    database_url: str = field(metadata={"setting": _DATABASE})
    portal_database_url: str = field(
        metadata=_about(
            "PORTAL_DATABASE_URL",
            "The same database as the role fmotm_portal, which may do only what pages need",
            "postgresql://fmotm_portal:secret@db.internal/fmotm",
            parse=postgresql_url,
            falls_back_to=_DATABASE,
        )
    )
    worker_database_url: str = field(
        metadata=_about(
            "WORKER_DATABASE_URL",
            "The same database as the role fmotm_worker, which may do only what jobs need",
            "postgresql://fmotm_worker:secret@db.internal/fmotm",
            parse=postgresql_url,
            falls_back_to=_DATABASE,
        )
    )
    inbox_redis_url: str = field(
        metadata=_about(
            "INBOX_REDIS_URL",
            "The Redis 7 or Valkey 8+ that keeps applications until they are in PostgreSQL. It "
            "must be durable: appendonly yes, appendfsync always, maxmemory-policy noeviction",
            "redis://:secret@inbox.internal:6379/0",
            parse=redis_url,
        )
    )
    redis_url: str = field(
        metadata=_about(
            "REDIS_URL",
            "The Redis or Valkey for RQ's queues, limits and caches. It may lose everything; a "
            "server apart from the inbox",
            "redis://:secret@queue.internal:6379/0",
            parse=redis_url,
        )
    )
    seal_keys: KeyRing = field(
        metadata=_about(
            "SEAL_KEYS",
            "Keys that seal personal data (AES-256-GCM), each with an id from 1 to 255; the "
            "highest seals, all open. Without them nothing that is stored can be read again",
            f"1:{_EXAMPLE_KEY},2:{_EXAMPLE_KEY}",
            parse=KeyRing.from_text,
            secret=True,
            remedy=_KEYS_REMEDY,
        )
    )
    index_key: bytes = field(
        metadata=_about(
            "INDEX_KEY",
            "Key of the blind indexes, by which NIK and KK are looked up. Another key means "
            "re-indexing everything",
            _EXAMPLE_KEY,
            parse=key_from_text,
            secret=True,
            remedy=_KEYS_REMEDY,
        )
    )
    id_key: bytes = field(
        metadata=_about(
            "ID_KEY",
            "Key of the applications' ids, by which the same answers get the same receipt. Fixed "
            "for a period",
            _EXAMPLE_KEY,
            parse=key_from_text,
            secret=True,
            remedy=_KEYS_REMEDY,
        )
    )
    secret_key: str = field(
        metadata=_about(
            "SECRET_KEY",
            "Signs receipts' addresses, sessions and tickets: at least 32 random characters",
            "<at least 32 random characters>",
            parse=secret_text,
            secret=True,
            remedy=_KEYS_REMEDY,
        )
    )
    trusted_proxies: int = field(
        metadata=_about(
            "TRUSTED_PROXIES",
            "Reverse proxies before the portal: the last so many X-Forwarded-* are believed",
            "1",
            parse=number(0, 10),
            default="0",
        )
    )
    address_ceiling: int = field(
        metadata=_about(
            "ADDRESS_CEILING",
            "Requests a minute of one address, above which its pages, but never its applications, "
            "are refused until the minute is over. Thousands of citizens share one address",
            "300000",
            parse=number(1_000, 100_000_000),
            default="120000",
        )
    )
    data_dir: Path = field(
        metadata=_about(
            "FMOTM_DATA",
            "Folder of the embedded servers, their keys and logs (`fmotm up` only)",
            "/var/lib/fmotm",
            parse=Path,
            default=".data",
        )
    )
    port: int = field(
        metadata=_about(
            "PORT",
            "TCP port that the portal listens on",
            "8000",
            parse=number(1, 65535),
            default="8000",
        )
    )

    bind: str = field(
        metadata=_about(
            "BIND",
            "Address that the portal listens on; 0.0.0.0 for all, behind a proxy of your own",
            "0.0.0.0",  # noqa: S104 - an example; the default is loopback
            parse=str,
            default="127.0.0.1",
        )
    )
    web_concurrency: int = field(
        metadata=_about(
            "WEB_CONCURRENCY",
            "Processes of the portal, each with 8 threads; 0 is one for each core",
            "4",
            parse=number(0, 256),
            default="0",
        )
    )
    worker_name: str = field(
        metadata=_about(
            "FMOTM_WORKER",
            "Name of a worker, kept over restarts, so that it goes on at once with what it held; "
            "no two that run may share one. Without it a name is made of host and process id",
            "worker-1",
            parse=str,
            default="",
        )
    )
    photo_store: StoreAddress | None = field(
        metadata=_about(
            "PHOTO_STORE",
            "Where photos are kept, sealed: a folder (file:///folder) that the portal and the "
            "worker of photos share, or a private bucket of an S3-compatible store, with its keys "
            "percent-encoded. Without it no photos are taken",
            "s3://KEY:SECRET@fmotm-photos?endpoint=https://s3.internal:9000&region=us-east-1",
            parse=store_address,
            default="",
        )
    )
    public_url: str = field(
        metadata=_about(
            "PUBLIC_URL",
            "Address at which people reach the portal. It is printed on minutes, with the code "
            "that verifies them. Without it no minutes are made",
            "https://daftar.example.go.id",
            parse=web_address,
            default="",
        )
    )
    metrics_token: str = field(
        metadata=_about(
            "METRICS_TOKEN",
            "Who asks for /metrics must send it (`Authorization: Bearer …`), at least 32 random "
            "characters. Without it only this machine may ask, and nobody behind a proxy",
            "<at least 32 random characters>",
            parse=optional_secret,
            default="",
            secret=True,
        )
    )
    metrics_dir: str = field(
        metadata=_about(
            "METRICS_DIR",
            "Folder in which the portal's processes count, for one portal alone; its counts are "
            "removed at each start. Without it a temporary one is made",
            "/run/fmotm/metrics",
            parse=str,
            default="",
        )
    )
    old_index_key: bytes | None = field(
        metadata=_about(
            "INDEX_KEY_OLD",
            "The INDEX_KEY used so far; only while `fmotm keys reindex` runs",
            _EXAMPLE_KEY,
            parse=optional_key,
            default="",
            secret=True,
        )
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read every setting; raise SettingsError with all that is wrong at once."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, setting in _BY_FIELD.items():
            try:
                values[name] = setting.read(environ)
            except SettingsError as error:
                problems += error.problems
        if not problems:
            problems += _shared_keys(environ)
        if problems:
            raise SettingsError(*dict.fromkeys(problems))
        return cls(**values)

    @property
    def blind_index(self) -> BlindIndex:
        """The blind index under INDEX_KEY."""
        return BlindIndex(self.index_key)

    def __repr__(self) -> str:
        shown = (f"{name}={each.shown(getattr(self, name))}" for name, each in _BY_FIELD.items())
        return f"Settings({', '.join(shown)})"


_BY_FIELD: Final[Mapping[str, Setting]] = {
    entry.name: entry.metadata["setting"] for entry in fields(Settings)
}

SETTINGS: Final[tuple[Setting, ...]] = tuple(_BY_FIELD.values())
"""Every setting there is, in the order in which they are documented."""


def setting(variable: str) -> Setting:
    """Find one setting by its variable's name, to read it alone; KeyError when there is none."""
    return {each.variable: each for each in SETTINGS}[variable]


def new_secrets() -> dict[str, str]:
    """Make fresh random values for every secret variable."""
    return {
        "SEAL_KEYS": f"1:{new_key_text()}",
        "INDEX_KEY": new_key_text(),
        "ID_KEY": new_key_text(),
        "SECRET_KEY": secrets.token_urlsafe(48),
    }


def _shared_keys(environ: Mapping[str, str]) -> list[str]:
    """Find keys that serve twice: one that leaks must not open what another protects."""
    seen: dict[bytes, str] = {}
    for key in keys_from_text(environ["SEAL_KEYS"].strip()).values():
        seen[key] = "SEAL_KEYS"
    problems = []
    for variable in ("INDEX_KEY", "ID_KEY"):
        key = key_from_text(environ[variable])
        if key in seen:
            problems.append(f"{variable} is the same key as in {seen[key]}. {_KEYS_REMEDY}")
        seen[key] = variable
    return problems
