"""What a photo is: which four there are, what is taken in, and why one is refused.

Nothing here opens an image. Whoever only has to know what a file claims to be reads its first
bytes; what is in it is looked at by a worker alone (`registry.reencoding`).
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from registry.rules.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.sealing import KeyRing

ID_LENGTH: Final = 16
"""Bytes of a photo's id. Random: it tells nothing, and is all that a job carries."""

MAX_UPLOAD: Final = 8 * 1024 * 1024
"""Bytes of one photo as it comes: what a phone's camera makes, when nothing shrinks it first."""

MAX_PIXELS: Final = 50_000_000
"""Pixels that are still decoded: a phone's camera at its finest, about 200 MB of memory."""

LEAST_SIDE: Final = 200
"""Pixels that the longer side has at least: no card can be read on less."""

LONGEST_SIDE: Final = 1600
"""Pixels of the longer side of what is kept: the NIK on a KTP is easily read."""

QUALITY: Final = 75
"""JPEG quality of what is kept."""


class Kind(StrEnum):
    """What a photo shows. A new one replaces the one before of the same application or visit."""

    KTP = "ktp"
    KK = "kk"
    RUMAH_DEPAN = "rumah_depan"
    RUMAH_DALAM = "rumah_dalam"
    ATAP = "atap"
    LANTAI = "lantai"
    DINDING = "dinding"
    DAFTAR_HADIR = "daftar_hadir"
    """The attendance list of a musyawarah, signed by hand."""


BY_CITIZENS: Final = (Kind.KTP, Kind.KK, Kind.RUMAH_DEPAN, Kind.RUMAH_DALAM)
"""What a household may send after its receipt."""

BY_OFFICERS: Final = (Kind.RUMAH_DEPAN, Kind.ATAP, Kind.LANTAI, Kind.DINDING)
"""What an officer takes on a visit."""


class State(StrEnum):
    """Where a photo stands: stored as it came, looked at and made anew, or not usable."""

    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a photo is not taken, or not kept."""

    EMPTY = "empty"
    NO_IMAGE = "no_image"
    HEIC = "heic"
    HUGE = "huge"
    CUT = "cut"
    UNREADABLE = "unreadable"
    PIXELS = "pixels"
    SMALL = "small"
    LOST = "lost"


MESSAGES: Final[Mapping[Refusal, str]] = {
    Refusal.EMPTY: "Belum ada foto yang dipilih. Pilih fotonya dulu, lalu tekan 'Kirim foto'.",
    Refusal.NO_IMAGE: "Ini bukan foto yang bisa dibaca. Kirim foto JPG, PNG, atau WEBP.",
    Refusal.HEIC: "Foto HEIC belum bisa dibaca. Potret lagi dari halaman ini, atau kirim JPG.",
    Refusal.HUGE: "Foto ini terlalu besar. Paling besar 8 MB. Potret lagi dengan ukuran kecil.",
    Refusal.CUT: "Foto ini terputus di jalan. Coba kirim sekali lagi.",
    Refusal.UNREADABLE: "Foto ini rusak atau tidak lengkap. Potret lagi, lalu kirim.",
    Refusal.PIXELS: "Gambar ini terlalu lebar atau tinggi. Potret lagi dengan ukuran kecil.",
    Refusal.SMALL: "Gambar ini terlalu kecil. Tulisannya tidak terbaca. Potret lagi lebih dekat.",
    Refusal.LOST: "Foto ini tidak tersimpan dengan baik. Coba kirim sekali lagi.",
}
"""What to do next, for the citizen; the application itself is safe in every case."""

_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS: Final = re.compile(rb"ftyp(hei[cxms]|hev[cxms]|mif1|msf1|avif|avis)")

INCOMING: Final = "masuk"
KEPT: Final = "foto"
"""Folders of the store: as they came, and as they are kept. Both hold sealed bytes only."""


class NotAPhoto(Invalid):
    """A file that cannot become a photo; ``code`` is a `Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def new_id() -> bytes:
    """Make the id of a photo."""
    return secrets.token_bytes(ID_LENGTH)


def recognise(content: bytes) -> str:
    """Return `JPEG`, `PNG` or `WEBP` by the first bytes; what a phone calls the file is ignored.

    Raises NotAPhoto: EMPTY, HUGE, HEIC, NO_IMAGE.
    """
    if not content:
        raise NotAPhoto(Refusal.EMPTY)
    if len(content) > MAX_UPLOAD:
        raise NotAPhoto(Refusal.HUGE)
    if content.startswith(_JPEG):
        return "JPEG"
    if content.startswith(_PNG):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise NotAPhoto(Refusal.HEIC if _HEIC_BRANDS.match(content[4:12]) else Refusal.NO_IMAGE)


def blob_name(folder: str, photo_id: bytes) -> str:
    """Return the name under which a photo lies in the store: random, as its id is."""
    return f"{folder}/{photo_id.hex()}"


def seal(ring: KeyRing, folder: str, photo_id: bytes, application_id: bytes, plain: bytes) -> bytes:
    """Seal a photo so that it opens as this photo of this application, from this folder, alone."""
    return ring.seal(f"photo:{folder}", application_id + photo_id, plain)


def unseal(
    ring: KeyRing, folder: str, photo_id: bytes, application_id: bytes, sealed: bytes
) -> bytes:
    """Open what `seal` gave; raise UnsealError."""
    return ring.unseal(f"photo:{folder}", application_id + photo_id, sealed)
