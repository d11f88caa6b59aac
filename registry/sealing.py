"""Keys: sealing personal data, blind indexes to look it up by, and ids made from content.

Personal data leaves the process only sealed, with AES-256-GCM. What is sealed says which key
opened it, so keys rotate without downtime: put a new key with a higher id into the ring, let every
process start with it, re-seal what is old, take the old key out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.rules.kk import NomorKK
    from registry.rules.nik import Nik

KEY_BYTES: Final = 32
"""Length of every key: AES-256, and HMAC-SHA256 with as much."""

ID_BYTES: Final = 16
"""Length of an application id and of a blind index."""

_VERSION: Final = 1
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_HEADER_BYTES: Final = 2

UnsealFailure: TypeAlias = Literal["truncated", "version", "unknown_key", "refused"]

_EXPLAINED: Final[Mapping[UnsealFailure, str]] = {
    "truncated": "too short to be anything that was sealed",
    "version": "sealed in a format version that this release does not know",
    "unknown_key": "sealed with a key that is not in SEAL_KEYS",
    "refused": "not what was sealed under this purpose and id: changed, moved, or another key",
}


class KeyTextError(ValueError):
    """A key in text form cannot be used; the message says why and never shows the key."""


class UnsealError(Exception):
    """Something sealed cannot be opened.

    ``kind`` is ``truncated``, ``version`` (format version unknown), ``unknown_key`` (``key_id`` is
    not in the ring: put it back, nothing is lost) or ``refused`` (authentication failed).
    """

    def __init__(self, kind: UnsealFailure, key_id: int | None = None) -> None:
        named = f" (key id {key_id})" if key_id is not None else ""
        super().__init__(_EXPLAINED[kind] + named)
        self.kind: UnsealFailure = kind
        self.key_id = key_id


class KeyRing:
    """The keys that seal and unseal. The one with the highest id seals; every one unseals.

    Sealed: version 1 (1 byte), key id (1 byte), nonce (12 bytes), ciphertext and tag. Nonces are
    random; that is safe for 2**32 seals a key, two thousand times the largest round so far.
    """

    __slots__ = ("_ciphers", "newest")

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """Take ``{key id 1-255: 32 bytes}``; raise KeyTextError when one is not that."""
        if not keys:
            raise KeyTextError("holds no key")
        for key_id, key in keys.items():
            if not 1 <= key_id <= 255:
                msg = f"key id {key_id} is outside 1-255"
                raise KeyTextError(msg)
            if len(key) != KEY_BYTES:
                msg = f"key {key_id} has {len(key)} bytes, not {KEY_BYTES}"
                raise KeyTextError(msg)
        if len(set(keys.values())) != len(keys):
            raise KeyTextError("holds the same key under two ids")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.newest: int = max(keys)

    @classmethod
    def from_text(cls, text: str) -> KeyRing:
        """Read ``1:<base64 of 32 bytes>,2:…``; raise KeyTextError when it is not that."""
        return cls(keys_from_text(text))

    @property
    def key_ids(self) -> tuple[int, ...]:
        """The ids in the ring, lowest first."""
        return tuple(sorted(self._ciphers))

    def seal(self, purpose: str, id: bytes, plain: bytes) -> bytes:  # noqa: A002
        """Seal ``plain``; only the same ``purpose`` and ``id`` open it again."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.newest].encrypt(nonce, plain, _aad(purpose, id, self.newest))
        return bytes((_VERSION, self.newest)) + nonce + sealed

    def unseal(self, purpose: str, id: bytes, sealed: bytes) -> bytes:  # noqa: A002
        """Open what was sealed under this ``purpose`` and ``id``; raise UnsealError."""
        key_id = sealed_with(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnsealError("unknown_key", key_id)
        body = _HEADER_BYTES + _NONCE_BYTES
        try:
            return cipher.decrypt(
                sealed[_HEADER_BYTES:body], sealed[body:], _aad(purpose, id, key_id)
            )
        except InvalidTag:
            raise UnsealError("refused", key_id) from None

    def reseal(self, purpose: str, id: bytes, sealed: bytes) -> bytes:  # noqa: A002
        """Give it back sealed with the newest key: as it is if it was; raise UnsealError."""
        if sealed_with(sealed) == self.newest:
            return sealed
        return self.seal(purpose, id, self.unseal(purpose, id, sealed))

    def __repr__(self) -> str:
        return f"KeyRing(key_ids={self.key_ids}, newest={self.newest})"


def sealed_with(sealed: bytes) -> int:
    """Tell the id of the key that sealed this; raise UnsealError (truncated, version)."""
    if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES:
        raise UnsealError("truncated")
    if sealed[0] != _VERSION:
        raise UnsealError("version")
    return sealed[1]


class BlindIndex:
    """Looks a NIK or KK up without storing it: 16 bytes of an HMAC with a key of its own.

    The numbers are few enough to be guessed by whoever holds the key, so the key lives apart from
    the data. Another key means other indexes: every stored one has to be made again.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """Take 32 bytes; raise KeyTextError when it is not that."""
        self._key = _checked(key)

    def nik(self, nik: Nik) -> bytes:
        """16 bytes that stand for this NIK."""
        return self._index(b"nik:", nik.value)

    def kk(self, kk: NomorKK) -> bytes:
        """16 bytes that stand for this KK; never those of a NIK with the same digits."""
        return self._index(b"kk:", kk.value)

    def _index(self, domain: bytes, digits: str) -> bytes:
        return hmac.digest(self._key, domain + digits.encode("ascii"), hashlib.sha256)[:ID_BYTES]

    def __repr__(self) -> str:
        return "BlindIndex(•••)"


def application_id(id_key: bytes, period: str, form_version: str, canonical: bytes) -> bytes:
    """16 bytes made from the content: the same answers sent twice get the same id.

    ``canonical`` is the one encoding of the household's answers. Each part is preceded by its
    length, so that no two different triples look alike. ``id_key`` stays fixed for a period.
    """
    mac = hmac.new(_checked(id_key), digestmod=hashlib.sha256)
    for part in (period.encode(), form_version.encode(), canonical):
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()[:ID_BYTES]


def keys_from_text(text: str) -> dict[int, bytes]:
    """Read ``1:<base64 of 32 bytes>,2:…`` into keys by id; raise KeyTextError."""
    keys: dict[int, bytes] = {}
    for place, item in enumerate(text.split(","), start=1):
        number, colon, encoded = item.strip().partition(":")
        # Ids are not secret, but what stands before a missing colon may be a key: not shown.
        if not colon or not (number.isascii() and number.isdigit() and len(number) <= 3):
            msg = f"item {place} does not look like <id>:<base64>, with an id 1-255"
            raise KeyTextError(msg)
        if int(number) in keys:
            msg = f"key id {int(number)} stands there twice"
            raise KeyTextError(msg)
        keys[int(number)] = key_from_text(encoded)
    return keys


def key_from_text(text: str) -> bytes:
    """Read the base64 of a 32-byte key; raise KeyTextError."""
    try:
        key = base64.b64decode(text.strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise KeyTextError("is not base64") from None
    return _checked(key)


def new_key_text() -> str:
    """Make a new random key, as base64."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        msg = f"has {len(key)} bytes, not {KEY_BYTES}"
        raise KeyTextError(msg)
    return key


def _aad(purpose: str, id: bytes, key_id: int) -> bytes:  # noqa: A002
    name = purpose.encode()
    if not name or b"\0" in name:
        # NUL ends the purpose in the associated data: with one inside, two pairs could look alike.
        raise ValueError("a purpose is text without NUL")
    return name + b"\0" + id + bytes((key_id, _VERSION))
