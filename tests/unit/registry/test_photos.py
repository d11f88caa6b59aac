"""What a photo is, and that nothing of a file is kept but its pixels."""

from __future__ import annotations

import os
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from registry.photos import (
    LONGEST_SIDE,
    MAX_UPLOAD,
    MESSAGES,
    NotAPhoto,
    Refusal,
    recognise,
    seal,
    unseal,
)
from registry.reencoding import reencode, reencode_apart
from registry.sealing import KeyRing, UnsealError
from tests.images import (
    HEIC,
    PLACE,
    encoded,
    jpeg,
    jpeg_with_exif,
    opened,
    picture,
    png_bomb,
)

RING = KeyRing({1: b"R" * 32})


def refusal(content: bytes, how: object = reencode) -> Refusal:
    with pytest.raises(NotAPhoto) as refused:
        how(content)  # type: ignore[operator]
    return refused.value.refusal


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_known_by_its_content(format_: str) -> None:
    assert recognise(encoded(picture(), format_)) == format_


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY),
        (b"%PDF-1.7 ...", Refusal.NO_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.NO_IMAGE),
        (b"GIF89a" + bytes(40), Refusal.NO_IMAGE),
        (b"II*\0" + bytes(40), Refusal.NO_IMAGE),
        (b"%!PS-Adobe-3.0 EPSF-3.0", Refusal.NO_IMAGE),
        (b"RIFF\0\0\0\0WAVE", Refusal.NO_IMAGE),
        (b"\xff\xd8", Refusal.NO_IMAGE),
        (HEIC, Refusal.HEIC),
        (HEIC.replace(b"ftypheic", b"ftypavif"), Refusal.HEIC),
        (b"\xff\xd8\xff" + bytes(MAX_UPLOAD), Refusal.HUGE),
    ],
    ids=lambda value: value.value if isinstance(value, Refusal) else "",
)
def test_what_is_no_photo_is_told_apart(content: bytes, why: Refusal) -> None:
    assert refusal(content, recognise) is why
    assert refusal(content) is why


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_image_is_refused(format_: str) -> None:
    whole = encoded(picture(noise=True), format_)
    for cut in (30, len(whole) // 2, len(whole) - 2_000):
        assert refusal(whole[:cut]) is Refusal.UNREADABLE, cut


def test_a_picture_of_a_hundred_megapixels_is_refused_before_it_is_decoded() -> None:
    bomb = png_bomb()
    assert len(bomb) < 100_000
    assert refusal(bomb) is Refusal.PIXELS
    assert refusal(bomb, reencode_apart) is Refusal.PIXELS


def test_a_picture_too_small_to_be_read_is_refused() -> None:
    assert refusal(jpeg(120, 80)) is Refusal.SMALL


def test_nothing_but_pixels_is_kept() -> None:
    sent = jpeg_with_exif() + PLACE.encode()
    assert sent.count(PLACE.encode()) >= 3

    kept = reencode(sent)

    assert PLACE.encode() not in kept
    assert b"Exif" not in kept
    image = opened(kept)
    assert not image.getexif()
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("orientation", "red_at", "size"),
    [
        (1, (0, 0), (640, 480)),
        (3, (1, 1), (640, 480)),
        (6, (1, 0), (480, 640)),
        (8, (0, 1), (480, 640)),
    ],
)
def test_a_photo_stands_upright(
    orientation: int, red_at: tuple[int, int], size: tuple[int, int]
) -> None:
    image = opened(reencode(jpeg_with_exif(orientation)))
    assert image.size == size
    green = image.getchannel("G").resize((2, 2), Image.Resampling.BOX).tobytes()
    assert green.index(min(green)) == red_at[0] + 2 * red_at[1]


def test_a_large_photo_is_made_small_and_a_small_one_left() -> None:
    assert opened(reencode(jpeg(4000, 3000))).size == (LONGEST_SIDE, 1200)
    assert opened(reencode(jpeg(300, 500))).size == (300, 500)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_colour_becomes_a_plain_jpeg(mode: str) -> None:
    source = picture()
    image = source.convert("I").convert("I;16") if mode == "I;16" else source.convert(mode)
    content = encoded(image, "JPEG" if mode == "CMYK" else "PNG")
    made = opened(reencode(content))
    assert (made.mode, made.format) == ("RGB", "JPEG")


def test_what_is_transparent_becomes_white() -> None:
    image = picture().convert("RGBA")
    image.putalpha(0)
    assert opened(reencode(encoded(image, "PNG"))).getpixel((5, 5)) == (255, 255, 255)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), format_=st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_damaged_files_are_made_anew_or_refused_and_nothing_else(seed: int, format_: str) -> None:
    chance = random.Random(seed)
    content = bytearray(encoded(picture(320, 240), format_))
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(NotAPhoto):
        assert opened(reencode(bytes(content))).format == "JPEG"


def test_apart_gives_the_same_and_tells_the_same() -> None:
    assert reencode_apart(jpeg()) == reencode(jpeg())
    assert refusal(jpeg()[:300], reencode_apart) is Refusal.UNREADABLE
    assert refusal(HEIC, reencode_apart) is Refusal.HEIC


def test_the_hungriest_picture_that_is_allowed_fits_into_the_memory_of_a_process() -> None:
    # 49 megapixels, a few kilobytes, decoded whole: no JPEG's shortcut.
    content = encoded(picture(7_000, 7_000).convert("RGBA"), "PNG", compress_level=1)
    assert opened(reencode_apart(content)).size == (LONGEST_SIDE, LONGEST_SIDE)


def test_decoders_see_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def run(_command: object, **given_: object) -> object:
        seen.update(given_)
        raise NotAPhoto(Refusal.UNREADABLE)

    monkeypatch.setenv("SEAL_KEYS", "secret")
    monkeypatch.setattr("registry.reencoding.subprocess.run", run)
    refusal(jpeg(), reencode_apart)
    assert seen["env"] == {}
    assert "SEAL_KEYS" in os.environ


def test_a_photo_opens_only_as_itself() -> None:
    one, other, photo = b"a" * 16, b"b" * 16, b"p" * 16
    sealed = seal(RING, "masuk", photo, one, b"plain")
    assert unseal(RING, "masuk", photo, one, sealed) == b"plain"
    wrong = (("foto", photo, one), ("masuk", one, one), ("masuk", photo, other))
    for folder, photo_id, application in wrong:
        with pytest.raises(UnsealError):
            unseal(RING, folder, photo_id, application, sealed)


def test_every_refusal_has_words_of_at_most_twenty() -> None:
    assert MESSAGES.keys() == set(Refusal)
    for message in MESSAGES.values():
        assert all(len(sentence.split()) <= 20 for sentence in message.split("."))
