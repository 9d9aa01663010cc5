"""Pictures that follow one another in a single file: an animated PNG, which browsers play.

The format is that of the PNG specification, third edition: each picture's data are kept as they
are, with the time that it stays put before them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
STAYS, LAST_STAYS = 1, 4
"""How many seconds each picture is seen, and how many the last one."""


def animated(pictures: Sequence[bytes]) -> bytes:
    """The PNGs, all of one size and kind, as an animation without end."""
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in _content(pictures))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kinds of a PNG's chunks, and what is in them."""
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _content(pictures: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    header = dict(chunks(pictures[0]))[b"IHDR"]
    yield b"IHDR", header
    yield b"acTL", struct.pack(">II", len(pictures), 0)
    numbers, last = count(), len(pictures) - 1
    for i, picture in enumerate(pictures):
        stays = STAYS if i < last else LAST_STAYS
        yield b"fcTL", struct.pack(">I8sIIHHBB", next(numbers), header[:8], 0, 0, stays, 1, 0, 0)
        for data in _data(chunks(picture), header):
            yield (b"fdAT", struct.pack(">I", next(numbers)) + data) if i else (b"IDAT", data)
    yield b"IEND", b""


def _data(parts: Iterable[tuple[bytes, bytes]], header: bytes) -> Iterator[bytes]:
    for kind, data in parts:
        if kind == b"IHDR" and data != header:
            raise ValueError("pictures of an animation are of one size and kind")
        if kind == b"IDAT":
            yield data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
