"""Pictures for tests, good and hostile."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PLACE = "Kebon Melati"
"""Stands in the EXIF block and the comment of `jpeg_with_exif`."""


def picture(width: int = 640, height: int = 480, *, noise: bool = False) -> Image.Image:
    """Give a picture whose upper left quarter is red: it tells how it was turned."""
    image = Image.new("RGB", (width, height), (240, 240, 230))
    if noise:
        pixels = random.Random(7).randbytes(width * height * 3)
        image = Image.frombytes("RGB", (width, height), pixels)
    image.paste((200, 0, 0), (0, 0, width // 2, height // 2))
    return image


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:  # noqa: A002
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def jpeg(width: int = 640, height: int = 480) -> bytes:
    return encoded(picture(width, height))


def jpeg_with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.ImageDescription] = PLACE
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (6.0, 10.0, 30.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = PLACE
    return encoded(picture(), exif=exif, comment=PLACE.encode())


def png_bomb(side: int = 10_000) -> bytes:
    """Give a valid PNG of `side`² pixels, a few kilobytes long."""
    rows = bytes(1 + side // 8) * side
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + crc


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
