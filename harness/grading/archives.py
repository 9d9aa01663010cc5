"""A zip that was handed in, as the files in it: nothing is unpacked to a disk.

It is bounded in bytes, in files and in what these come to. A link in it, an absolute path and one
that leads out of it refuse the whole, since nobody hands that in by accident.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from harness.engines.failures import printable

MOST_DIRECTORY: Final = 1 << 20
"""So many bytes the table of an archive's files may have: a name of 200 bytes for 4,000 files."""

END: Final = b"PK\x05\x06"
MOST_TOLD: Final = 80
LONGEST_END: Final = 22 + (1 << 16)
PLAIN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
TORN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
    *(RuntimeError, NotImplementedError, struct.error, IndexError),
)
"""What comes of reading what is no archive, or none that a course platform makes."""


class ArchiveError(Exception):
    """The archive is refused; the message says why."""


def unzipped(
    content: bytes, wanted: Callable[[str], bool], files: int, most: int
) -> dict[str, bytes]:
    """The files in a zip whose paths are ``wanted``: no more than ``files`` of them, of no more
    than ``most`` bytes together. Raises :class:`ArchiveError`."""
    try:
        if _directory(content) > MOST_DIRECTORY:
            raise ArchiveError("the zip has too many files in it")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _contents(archive, wanted, files, most)
    except TORN as error:
        told = str(error) or type(error).__name__
        raise ArchiveError(f"it is no zip that can be read ({told})") from None


def _directory(content: bytes) -> int:
    """How many bytes the table of files has, by its own account."""
    place = content.rfind(END, max(0, len(content) - LONGEST_END))
    return struct.unpack_from("<I", content, place + 12)[0] if place >= 0 else 0


def _contents(
    archive: zipfile.ZipFile, wanted: Callable[[str], bool], files: int, most: int
) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for info in archive.infolist():
        name = _path(info)
        if info.is_dir() or not wanted(name):
            continue
        if name in contents:
            raise ArchiveError(f"the zip has {name} twice")
        if len(contents) >= files:
            raise ArchiveError(f"the zip has more than {files} files of source or data")
        contents[name] = _content(archive, info, most - sum(map(len, contents.values())))
    return contents


def _path(info: zipfile.ZipInfo) -> str:
    """Where a file of the archive lies in it."""
    name = info.filename.replace("\\", "/")
    path, told = PurePosixPath(name), printable(name[:MOST_TOLD])
    if path.is_absolute() or any(":" in part for part in path.parts[:1]):
        raise ArchiveError(f"the zip has an absolute path in it ({told})")
    if ".." in path.parts:
        raise ArchiveError(f"the zip has a path in it that leads out of it ({told})")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(f"the zip has a link in it ({told})")
    return str(path)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """A file of the archive, as far as it may go: what it says of its size is not relied on."""
    if info.flag_bits & 1:
        raise ArchiveError("the zip has a password")
    if info.compress_type not in PLAIN:
        raise ArchiveError("the zip is compressed in an unusual way: make it anew")
    with archive.open(info) as file:
        content = file.read(left + 1)
    if len(content) > left:
        raise ArchiveError("what is in the zip is too large")
    return content
