"""A photo made anew: whatever came, what is kept is a plain JPEG of pixels and nothing else.

Decoders are written in C, and what they are fed comes from anybody. So `reencode_apart` runs them
in a process of its own: without keys, settings or connections, that can write no file and start no
program, with bounds on memory and time. What breaks it, breaks nothing else.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image

from registry.photos import (
    LEAST_SIDE,
    LONGEST_SIDE,
    MAX_PIXELS,
    QUALITY,
    NotAPhoto,
    Refusal,
    recognise,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY: Final = 1_280 * 1024 * 1024
"""Bytes of address space for one photo: MAX_PIXELS of the hungriest format, WEBP."""

WITHIN: Final = 20
"""Seconds for one photo; a phone's takes half of one."""

_REFUSED: Final = 3
"""Exit code of a refusal, whose code is then all of the output."""

_BOUNDS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, WITHIN),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NPROC, 0),
)

_ORIENTATION: Final = 0x0112
_UPRIGHT: Final[Mapping[object, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what turns the picture upright (CIPA DC-008, tag 274)."""

_WHITE: Final = (255, 255, 255)


def reencode_apart(content: bytes) -> bytes:
    """Do `reencode` in a process of its own; raise NotAPhoto, also when it died or hung."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "registry.reencoding"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotAPhoto(Refusal.UNREADABLE) from None
    if done.returncode == 0 and done.stdout:
        return done.stdout
    refusal = Refusal.UNREADABLE
    if done.returncode == _REFUSED:
        with suppress(ValueError):
            refusal = Refusal(done.stdout.decode("ascii", "replace"))
    raise NotAPhoto(refusal)


def reencode(content: bytes) -> bytes:
    """Return the photo as an upright JPEG, its longer side 1600 pixels at most.

    Of the file nothing is taken over but pixels: no EXIF, GPS position, comment, thumbnail, colour
    profile, nor what may hang at its end. Raises NotAPhoto.
    """
    claimed = recognise(content)
    try:
        with warnings.catch_warnings():
            # A damaged EXIF block, an odd chunk: no news, as long as there is a picture.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(content), formats=(claimed,)) as image:
                _refuse_by_size(*image.size)
                return _plain_jpeg(image)
    except NotAPhoto:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise NotAPhoto(Refusal.PIXELS) from None
    except Exception as error:  # decoders raise whatever they like
        raise NotAPhoto(Refusal.UNREADABLE) from error


def _refuse_by_size(width: int, height: int) -> None:
    """Refuse by what the header says, before a single pixel is decoded."""
    if width * height > MAX_PIXELS:
        raise NotAPhoto(Refusal.PIXELS)
    if max(width, height) < LEAST_SIDE:
        raise NotAPhoto(Refusal.SMALL)


def _plain_jpeg(image: Image.Image) -> bytes:
    turn = _turn(image)
    # A JPEG is decoded at a half, a quarter or an eighth where that is enough: less time, memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    small = image.convert("RGBA") if image.mode in {"P", "PA", "LA", "1"} else image
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # Pasted onto a new image: what hangs on the old one (comment, EXIF, XMP) stays behind.
    plain = Image.new("RGB", small.size, _WHITE)
    if small.mode == "RGBA":
        plain.paste(small, mask=small.getchannel("A"))
    else:
        plain.paste(small.convert("RGB"))
    if turn is not None:
        plain = plain.transpose(turn)
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION))
    except Exception:  # noqa: BLE001 - an EXIF block that cannot be read turns nothing
        return None


def main() -> int:
    """Make the photo on standard input anew, to standard output; give the exit code."""
    for bound, most in _BOUNDS:
        with suppress(ValueError, OSError):  # not every system has every bound
            resource.setrlimit(bound, (most, most))
    try:
        made = reencode(sys.stdin.buffer.read())
    except NotAPhoto as error:
        sys.stdout.write(error.refusal.value)
        return _REFUSED
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
