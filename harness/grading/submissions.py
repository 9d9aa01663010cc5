"""A submission as it is read: bounded, and without following links."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from harness.engines.failures import printable
from harness.grading import entries
from harness.grading.archives import ArchiveError, unzipped
from harness.grading.entries import ENGINES as ENGINES

ENTRY: Final = "engine.py"
MOST_FILES: Final = 200
MOST_SEEN: Final = 20 * MOST_FILES
"""How many are looked at, of whatever kind."""
DEEPEST: Final = 8
MOST_BYTES: Final = 4 << 20
MOST_ZIPPED: Final = 32 << 20
"""A larger zip is not looked into."""
ZIP: Final = ".zip"
KINDS: Final = (*ENGINES, ".txt", ".md", ".json", ".csv", ".yaml", ".yml", ".toml", ".cfg", ".npy")
"""What a submission may consist of; anything else is left out."""
NEITHER: Final = "neither a .py file, a notebook (.ipynb), a zip nor a folder"
PYTHONS: Final = ("__pycache__", "__MACOSX")
"""Folders that a machine has made."""

Parts = Iterable[tuple[str, Path]]
"""Files by the names that they were handed in with, and where they lie now."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody handed in. ``id`` is the name of its file or folder, printable.

    ``files`` maps paths (with ``/``) to contents, ``entry`` is the one to import. ``problem`` says
    why it cannot be graded, ``unread`` that it is the grader who cannot read it. ``note`` is what
    was made of a name that is not as it was asked for. ``digest`` is that of all that is read.
    """

    id: str
    files: dict[str, bytes]
    entry: str
    problem: str | None = None
    unread: bool = False
    note: str | None = None

    @property
    def digest(self) -> str:
        """A hash of everything that counts."""
        whole = hashlib.sha256(f"{self.entry}\0{self.problem}\0".encode())
        for name, content in sorted(self.files.items()):
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
        return whole.hexdigest()


def read(
    id: str, path: Path, entry: str = ENTRY, parts: Parts = (), strict: bool = False
) -> Submission:
    """The submission at ``path``, or of the ``parts``, as far as its size allows. Where there is no
    ``entry`` in it, what is meant by another name is taken, unless names are ``strict``."""
    try:
        several = list(parts)
        if not several and stat.S_ISLNK(path.lstat().st_mode):
            raise _Refused("it is a link, and links are not followed")
        if not several and path.suffix in ENGINES and not path.is_dir():
            entry = entries.entries(entry)[ENGINES.index(path.suffix)]
            return Submission(id, {entry: _content(path, MOST_BYTES)}, entry)
        if several:
            files, place = _gathered(several), None
        elif path.is_dir():
            files, place = _files(path), path
            if not any(name.endswith(ENGINES) for name in files):
                files |= _gathered((zip.name, zip) for zip in sorted(path.glob(f"*{ZIP}")))
        elif path.suffix == ZIP:
            files, place = _unzipped(path, MOST_FILES, MOST_BYTES), None
        else:
            raise _Refused(NEITHER)
    except (_Refused, ArchiveError) as error:
        return Submission(id, {}, entry, str(error))
    except OSError as error:
        told = f"it cannot be read: {error.strerror or error}"
        return Submission(id, {}, entry, told, unread=True)
    return _with_entry(Submission(id, files, entry), place, strict)


def _with_entry(own: Submission, folder: Path | None, strict: bool) -> Submission:
    """The submission with the file to import, or with what is to be said where there is none."""
    id, files, entry = own.id, own.files, own.entry
    if (name := next((one for one in entries.entries(entry) if one in files), None)) is not None:
        return Submission(id, files, name)
    if folder is not None and os.path.lexists(folder / entry):
        kind = "a link" if (folder / entry).is_symlink() else "no regular file"
        return Submission(id, files, entry, f"{entry} is {kind}")
    if strict or (name := entries.taken(files, entry)) is None:
        return Submission(id, files, entry, entries.absent(entry, files))
    return Submission(id, files, name, note=entries.told(entry, name))


class _Refused(Exception):
    pass


def shown(name: str) -> str:
    """A file's name as it can be printed and stored, whatever its bytes."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))


def _files(folder: Path) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    seen, waiting = 0, [""]
    while waiting:
        inner = waiting.pop()
        for item in os.scandir(folder / inner):
            name, seen = f"{inner}{item.name}", seen + 1
            if seen > MOST_SEEN:
                raise _Refused(f"it has more than {MOST_SEEN:,} files")
            if item.is_symlink() or not _is_wanted(item.name):
                continue
            if item.is_dir() and name.count("/") < DEEPEST:
                waiting.append(f"{name}/")
            elif item.name.endswith(KINDS) and item.is_file():
                if len(contents) >= MOST_FILES:
                    raise _Refused(f"it has more than {MOST_FILES} files of source or data")
                left = MOST_BYTES - sum(map(len, contents.values()))
                contents[name] = _content(Path(item.path), left)
    return contents


def _gathered(parts: Parts) -> dict[str, bytes]:
    """The files of one person among those of all, and what is in those that are zips."""
    contents: dict[str, bytes] = {}
    for name, path in parts:
        left = MOST_BYTES - sum(map(len, contents.values()))
        if name.endswith(ZIP):
            contents |= _unzipped(path, MOST_FILES - len(contents), left)
        elif name.endswith(KINDS) and _is_wanted(name):
            contents[name] = _content(path, left)
        if len(contents) > MOST_FILES:
            raise _Refused(f"it has more than {MOST_FILES} files of source or data")
    return contents


def _unzipped(path: Path, files: int, most: int) -> dict[str, bytes]:
    return unzipped(_content(path, MOST_ZIPPED), _is_wanted_within, files, most)


def _is_wanted_within(name: str) -> bool:
    """The same, of a path in an archive."""
    parts = PurePosixPath(name).parts
    return len(parts) <= DEEPEST and name.endswith(KINDS) and all(map(_is_wanted, parts))


def _is_wanted(name: str) -> bool:
    """Whether a submission can use what has this name; what cannot be shown nothing can import."""
    return not name.startswith(".") and name not in PYTHONS and shown(name) == name


def _content(path: Path, most: int) -> bytes:
    """A regular file's bytes, not through a link, not through a pipe or device."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Refused(f"{shown(path.name)} is no regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise _Refused(f"it is larger than {max(MOST_BYTES, most) >> 20} MiB")
    return content
