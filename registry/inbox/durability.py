"""What to ask a server before trusting it with applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

_NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    "appendonly": ("yes", "a restart loses every application that waits"),
    "appendfsync": ("always", "a power failure loses the last accepted applications"),
    "no-appendfsync-on-rewrite": ("no", "a power failure during a rewrite loses applications"),
    "maxmemory-policy": ("noeviction", "a full server throws accepted applications away"),
}


def complaints(client: redis.Redis) -> list[str]:
    """Say how this server could lose what it accepted; nothing when it can not."""
    return [*_configuration(client), *_state(client)]


def _configuration(client: redis.Redis) -> list[str]:
    try:
        asked: dict[Any, Any] = client.config_get(*_NEEDED)
    except ResponseError:
        # Managed servers and narrow ACLs refuse CONFIG: not knowing is a complaint as well.
        return [f"CONFIG GET is refused: make sure yourself that {_wanted()}"]
    found = {_text(name): _text(value) for name, value in asked.items()}
    return [
        f"{name} is {found.get(name, 'unknown')!r}, must be {needed!r}: {otherwise}"
        for name, (needed, otherwise) in _NEEDED.items()
        if found.get(name) != needed
    ]


def _state(client: redis.Redis) -> list[str]:
    try:
        info: dict[str, Any] = client.info()
    except ResponseError:
        return ["INFO is refused: whether the append-only file is written cannot be told"]
    said = []
    if info.get("role", "master") != "master":
        said.append("the server is a replica: it takes no applications")
    if info.get("aof_last_write_status", "ok") != "ok":
        said.append("the last write of the append-only file failed: see the server's log and disk")
    return said


def _wanted() -> str:
    return ", ".join(f"{name} is {needed}" for name, (needed, _) in _NEEDED.items())


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
