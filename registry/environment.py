"""How one variable of the environment is read, checked and explained.

The settings themselves stand in `registry.settings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

from registry.sealing import key_from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SECRET_LENGTH: Final = 32
_MASK: Final = "•••"


class SettingsError(Exception):
    """Some settings are missing or wrong; ``problems`` has one line for each variable."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment: what it means and how it is read.

    ``default`` is the text used when the variable is unset or empty; None when it must be given.
    ``falls_back_to`` is the setting whose value stands in. ``remedy`` ends every error.
    ``parse`` raises ValueError with the rest of a sentence that begins with the variable's name
    and does not show the value.
    """

    variable: str
    meaning: str
    example: str
    parse: Callable[[str], Any] = field(repr=False)
    default: str | None = None
    falls_back_to: Setting | None = None
    secret: bool = False
    remedy: str = ""

    @property
    def required(self) -> bool:
        """Whether nothing works without it."""
        return self.default is None and self.falls_back_to is None

    def read(self, environ: Mapping[str, str]) -> Any:
        """Give the parsed value; raise SettingsError. Unset and empty are the same."""
        raw = environ.get(self.variable, "").strip() or self.default
        if raw is None and self.falls_back_to:
            return self.falls_back_to.read(environ)
        if raw is None:
            raise SettingsError(self._line(f"is not set: {self.meaning}"))
        try:
            return self.parse(raw)
        except ValueError as error:
            # Not chained: what a parser itself calls may show the value.
            raise SettingsError(self._line(str(error))) from None

    def shown(self, value: object) -> str:
        """Tell the value as far as a log may know it."""
        if self.secret:
            return _MASK
        return _without_password(value) if self.is_url and isinstance(value, str) else repr(value)

    @property
    def is_url(self) -> bool:
        """Whether it is the URL of a server, which may hold a password."""
        return self.variable.endswith("_URL")

    def _line(self, problem: str) -> str:
        remedy = self.remedy or f"It looks like this: {self.variable}={self.example}"
        return f"{self.variable} {problem}. {remedy}"


def postgresql_url(text: str) -> str:
    """Read a PostgreSQL URL and name the driver that is installed in it."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("must begin with postgresql://")
    if not _split(f"postgresql://{rest}").path.strip("/"):
        raise ValueError("names no database")
    # SQLAlchemy would take psycopg2 for the plain scheme; we have psycopg 3.
    return f"postgresql+psycopg://{rest}"


def redis_url(text: str) -> str:
    """Read the URL of a Redis or Valkey."""
    scheme = text.partition("://")[0]
    if scheme not in {"redis", "rediss", "unix"} or "://" not in text:
        raise ValueError("must begin with redis://, rediss:// (TLS) or unix:// (Valkey too)")
    parts = _split(text)
    if not (parts.path if scheme == "unix" else parts.hostname):
        raise ValueError("names no server")
    return text


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is no URL: its host or port cannot be read") from None
    return parts


def secret_text(text: str) -> str:
    """Read a secret that was made at random, or at least looks so."""
    if len(text) < _SECRET_LENGTH:
        msg = f"has {len(text)} characters, at least {_SECRET_LENGTH} are needed"
        raise ValueError(msg)
    if len(set(text)) < 8:
        raise ValueError("is not random: it has fewer than 8 different characters")
    return text


def optional_secret(text: str) -> str:
    """Read a secret that need not be given."""
    return secret_text(text) if text else ""


def web_address(text: str) -> str:
    """Read the address of a site, without the slash at its end; '' for none."""
    if not text:
        return ""
    parts = _split(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must begin with https:// or http:// and name a host")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("must be an address alone, without a name, password, ? or #")
    return text.rstrip("/")


def optional_key(text: str) -> bytes | None:
    """Read the base64 of a 32-byte key, or nothing."""
    return key_from_text(text) if text else None


def number(least: int, most: int) -> Callable[[str], int]:
    """Make the reader of a whole number in these bounds, both included."""

    def parse(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
        if not least <= value <= most:
            msg = f"is not a number from {least} to {most}"
            raise ValueError(msg)
        return value

    return parse


def _without_password(url: str) -> str:
    """Leave out credentials and the query, where unix:// URLs carry theirs."""
    parts = urlsplit(url)
    who = f"{parts.username or ''}:{_MASK}@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{who}{parts.netloc.rpartition('@')[2]}{parts.path}"
