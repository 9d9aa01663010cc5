"""Submissions as they lie in a folder: found, read without following links, and told apart."""

from __future__ import annotations

import ast
import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.engines.failures import printable

ENTRY: Final = "engine.py"
MOST_FILES: Final = 200
MOST_SEEN: Final = 20 * MOST_FILES
"""How many are looked at, of whatever kind."""
DEEPEST: Final = 8
MOST_BYTES: Final = 4 << 20
ENGINES: Final = (".py", ".ipynb")
"""What a submission of one file may be."""
KINDS: Final = (*ENGINES, ".txt", ".md", ".json", ".csv", ".yaml", ".yml", ".toml", ".cfg", ".npy")
"""What a submission may consist of; anything else is left out."""
MOST_SOURCE: Final = 1 << 18
"""A larger file is not looked through for its imports: to parse one takes 600 times its size."""
MOST_NAMED: Final = 4
NEITHER: Final = "neither a .py file, a notebook (.ipynb) nor a folder"


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody handed in. ``id`` is the name of its file or folder, printable.

    ``files`` maps paths (with ``/``) to contents, ``entry`` is the one to import. ``problem`` says
    why it cannot be graded, ``unread`` that it is the grader who cannot read it. ``digest`` is that
    of all that is read.
    """

    id: str
    files: dict[str, bytes]
    entry: str
    problem: str | None = None
    unread: bool = False

    @property
    def digest(self) -> str:
        """A hash of everything that counts."""
        whole = hashlib.sha256(f"{self.entry}\0{self.problem}\0".encode())
        for name, content in sorted(self.files.items()):
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
        return whole.hexdigest()


class AmbiguousError(Exception):
    """A folder that may be one submission, or several."""


def find(places: Sequence[str], entry: str = ENTRY, sure: bool = False) -> list[tuple[str, Path]]:
    """The submissions below ``places``: a file, a folder with ``entry`` or a notebook of that name
    in it, or a folder of either. Names that occur twice carry their folder's, or their whole path,
    so that each is its own; a place that is named twice is one submission.

    A folder with ``entry`` in it, and with what may be submissions of their own beside it, raises
    :class:`AmbiguousError`, unless it is ``sure`` that it is one submission.
    """
    known: dict[Path, Path] = {}
    for place in places:
        path = Path(place)
        if not path.exists():
            raise FileNotFoundError(2, "there is no such submission or folder", place)
        several = _of_submissions(path, entry)
        if path.is_dir() and not several and not sure and (others := _apart(path, entry)):
            few = ", ".join(shown(other.name) for other in others[:MOST_NAMED])
            more = ", …" if len(others) > MOST_NAMED else ""
            raise AmbiguousError(
                f"{place}: there is {entry} in it, and {few}{more}, which {entry} does not import: "
                f"is it one submission or a folder of several? If it is one: --entry {entry}; if "
                f"each is one: {Path(place) / '*'}"
            )
        for one in filter(_is_submission, _within(path)) if several else [path]:
            known.setdefault(one.absolute(), one)
    paths = list(known.values())
    ids = [shown(path.stem if path.suffix in ENGINES else path.name) for path in paths]
    for longer in (_with_folder, _whole):
        count = Counter(ids)
        ids = [id if count[id] == 1 else longer(path) for id, path in zip(ids, paths, strict=True)]
    return list(zip(ids, paths, strict=True))


def left_out(places: Sequence[str], entry: str = ENTRY) -> list[str]:
    """What lies in the folders of submissions and is none, by name."""
    return [
        shown(path.name)
        for place in map(Path, places)
        if _of_submissions(place, entry)
        for path in _within(place)
        if not _is_submission(path)
    ]


def _of_submissions(path: Path, entry: str) -> bool:
    """Whether it is a folder of submissions, and not one itself."""
    return path.is_dir() and not _has_entry(path, entry)


def _has_entry(folder: Path, entry: str) -> bool:
    return any((folder / name).is_file() for name in _entries(entry))


def _apart(folder: Path, entry: str) -> list[Path]:
    """What lies beside the file to import and has nothing to do with it: folders with such a file
    of their own, and files that do not import it, nor are imported by it or what it imports."""
    within = [path for path in _within(folder) if path.suffix in ENGINES]
    imports = {path.stem: _imports(path) for path in within}
    entries = {Path(name).stem for name in _entries(entry)}
    together, waiting = set[str](), list(entries)
    while waiting:
        name = waiting.pop()
        if name not in together:
            together.add(name)
            waiting += imports.get(name, ())
    together |= {name for name, wanted in imports.items() if wanted & entries}
    own = [path for path in _within(folder) if not path.is_symlink() and _has_entry(path, entry)]
    return [*(path for path in within if path.stem not in together), *own]


def _imports(path: Path) -> set[str]:
    """The modules that a file imports, by the first part of their names."""
    try:
        tree = ast.parse(_content(path, MOST_SOURCE))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError, _Refused):
        return set()
    return {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _named(node)
    }


def _named(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules of an import, or what is imported from its own folder."""
    module = node.module if isinstance(node, ast.ImportFrom) else None
    return [module] if module else [alias.name for alias in node.names]


def _entries(entry: str) -> tuple[str, ...]:
    """What may be imported: the file of that name, or else the notebook."""
    return entry, f"{entry.removesuffix('.py')}.ipynb"


def _within(folder: Path) -> list[Path]:
    """Everything in a folder but what is hidden or Python's own."""
    own = ("__pycache__", "__init__.py")
    names = sorted(os.listdir(folder))
    return [folder / name for name in names if not name.startswith(".") and name not in own]


def _is_submission(path: Path) -> bool:
    return path.suffix in ENGINES or path.is_dir()


def _with_folder(path: Path) -> str:
    return f"{shown(path.parent.name)}/{shown(path.name)}"


def _whole(path: Path) -> str:
    """The path, and what tells it from others that are shown alike."""
    whole = path.absolute()
    return f"{shown(str(whole))} {hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"


def shown(name: str) -> str:
    """A file's name as it can be printed and stored, whatever its bytes."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))


def read(id: str, path: Path, entry: str = ENTRY) -> Submission:
    """The submission at ``path``, as far as its size allows."""
    try:
        if stat.S_ISLNK(path.lstat().st_mode):
            raise _Refused("it is a link, and links are not followed")
        if not path.is_dir():
            if path.suffix not in ENGINES:
                raise _Refused(NEITHER)
            entry = _entries(entry)[ENGINES.index(path.suffix)]
            return Submission(id, {entry: _content(path, MOST_BYTES)}, entry)
        files = _files(path)
        entry = next((name for name in _entries(entry) if name in files), entry)
    except _Refused as error:
        return Submission(id, {}, entry, str(error))
    except OSError as error:
        told = f"it cannot be read: {error.strerror or error}"
        return Submission(id, {}, entry, told, unread=True)
    return Submission(id, files, entry, None if entry in files else _without(path, files, entry))


def _without(folder: Path, files: Iterable[str], entry: str) -> str:
    """What to say of a folder in which the file to import is not among those that are read."""
    if os.path.lexists(folder / entry):
        kind = "a link" if (folder / entry).is_symlink() else "no regular file"
        return f"{entry} is {kind}"
    others = sorted(name for name in files if name.endswith(ENGINES))
    return f"there is no {entry} in it" + (f"; there is {', '.join(others[:5])}" if others else "")


class _Refused(Exception):
    pass


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


def _is_wanted(name: str) -> bool:
    """Whether a submission can use what has this name; what cannot be shown nothing can import."""
    return not name.startswith(".") and name != "__pycache__" and shown(name) == name


def _content(path: Path, most: int) -> bytes:
    """A regular file's bytes, not through a link, not through a pipe or device."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Refused(f"{shown(path.name)} is no regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise _Refused(f"it is larger than {MOST_BYTES >> 20} MiB")
    return content
