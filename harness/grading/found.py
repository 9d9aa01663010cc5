"""Submissions as they lie in a folder: which there are, whose they are, and how they are called.

A folder may be one of a course platform's (see ``layouts``). There several files may be one
submission, and one person may have handed in several times.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from harness.grading.entries import ENGINES, entries
from harness.grading.layouts import METADATA, Named, Who, gradescope, named
from harness.grading.submissions import ENTRY, PYTHONS, ZIP, shown

MOST_SOURCE: Final = 1 << 18
"""A larger file is not looked through for its imports: to parse one takes 600 times its size."""
MOST_NAMED: Final = 4
STUDENTS: Final = 2
"""So many submissions beside an engine make a class of a folder, and the engine its teacher's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A submission that was found: what it is called, and where it lies; of one that a platform has
    put beside others, the files that are its ``parts``, by the names that they were handed in with.
    ``order`` tells several of one person apart, the later ones greater."""

    id: str
    path: Path
    parts: tuple[tuple[str, Path], ...] = ()
    who: tuple[Who, ...] = ()
    late: bool = False
    when: str | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in some places. ``others`` are no submissions; ``beside`` are engines in folders of
    submissions that are nobody's."""

    pieces: list[Piece] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


class AmbiguousError(Exception):
    """A folder that may be one submission, or several."""


def find(places: Sequence[str], entry: str = ENTRY, sure: bool = False) -> Found:
    """The submissions below ``places``: a file, a zip, a folder with ``entry`` or a notebook of
    that name in it, or a folder of such. Names that occur twice carry their folder's, or their
    whole path, so that each is its own; a place that is named twice is one submission.

    A folder with ``entry`` in it is a class where several submissions lie beside that. With what
    may be one submission of its own it raises :class:`AmbiguousError`. Neither is so where it is
    ``sure`` that it is one.
    """
    found = Found()
    for place in places:
        path = Path(place)
        if not path.exists():
            raise FileNotFoundError(2, "there is no such submission or folder", place)
        if path.is_dir() and (not has_entry(path, entry) or (not sure and _is_class(path, entry))):
            _add(found, path, entry)
            continue
        if path.is_dir() and not sure and (others := _apart(path, entry)):
            raise AmbiguousError(_told(place, entry, others))
        found.pieces.append(Piece(_plain(path), path))
    known = {piece.path.absolute(): piece for piece in reversed(found.pieces)}
    return replace(found, pieces=_apart_by_name([*known.values()][::-1]))


def _told(place: str, entry: str, others: Sequence[Path]) -> str:
    few = ", ".join(shown(other.name) for other in others[:MOST_NAMED])
    more = ", …" if len(others) > MOST_NAMED else ""
    return (
        f"{place}: there is {entry} in it, and {few}{more}, which {entry} does not import: "
        f"is it one submission or a folder of several? If it is one: --entry {entry}; if "
        f"each is one: {Path(place) / '*'}"
    )


# -- a folder of submissions -----------------------------------------------------------------------


def _add(found: Found, folder: Path, entry: str) -> None:
    """What is in a folder of submissions."""
    teachers = _together(folder, entry) if has_entry(folder, entry) else set()
    known = gradescope(folder, os.listdir(folder))
    people: dict[object, list[tuple[Named, Path]]] = {}
    for path in _within(folder):
        if path.suffix in ENGINES and path.stem in teachers:
            found.beside.append(shown(path.name))
        elif (own := named(path.name, path.is_dir(), known)) is not None:
            people.setdefault(own.who or path.name, []).append((own, path))
        elif _is_submission(path):
            found.pieces.append(Piece(_plain(path), path))
        elif not (known and path.name == METADATA):
            found.others.append(shown(path.name))
    for several in people.values():
        found.pieces.extend(_of_person(several))


def _of_person(several: Sequence[tuple[Named, Path]]) -> Iterator[Piece]:
    """What one person has handed in, the latest first, and the earlier ones by their numbers."""
    folders = [(own, path) for own, path in several if not own.file]
    files = [(own, path) for own, path in several if own.file]
    every: list[tuple[Named, Path, tuple[tuple[str, Path], ...]]]
    every = [(own, path, ()) for own, path in folders]
    every += [(own, parts[0][1], tuple(parts)) for own, parts in _turns(files)]
    every.sort(key=lambda one: (one[0].when or "", one[0].order), reverse=True)
    for number, (own, path, parts) in enumerate(every):
        id = shown(" + ".join(one.name for one in own.who if one.name) or path.name)
        id += f" ({own.order[1] or path.name})" if number else ""
        order = len(every) - number if len(every) > 1 else 0
        yield Piece(id, path, parts, own.who, own.late, own.when, order)


def _turns(
    files: Sequence[tuple[Named, Path]],
) -> Iterator[tuple[Named, list[tuple[str, Path]]]]:
    """The files of one person as they were handed in together: of each name the newest there was
    at that time; with the newest of them first."""
    versions: dict[str, list[tuple[Named, Path]]] = {}
    for own, path in sorted(files, key=lambda one: one[0].order):
        versions.setdefault(own.file, []).append((own, path))
    for back in range(max(map(len, versions.values()), default=0)):
        turn = [several[max(len(several) - 1 - back, 0)] for several in versions.values()]
        newest = max(turn, key=lambda one: one[0].order)
        ordered = [newest, *(one for one in turn if one is not newest)]
        yield newest[0], [(own.file, path) for own, path in ordered]


def _is_class(folder: Path, entry: str) -> bool:
    """Whether a folder with an engine is one of submissions all the same."""
    inner = [path for path in _within(folder) if not path.is_symlink()]
    students = [
        path
        for path in inner
        if path.suffix == ZIP
        or named(path.name, path.is_dir(), {}) is not None
        or (path.is_dir() and any(has_entry(one, entry) for one in (path, *_folders(path))))
    ]
    return len(students) >= STUDENTS or METADATA in os.listdir(folder)


def _folders(folder: Path) -> list[Path]:
    return [path for path in _within(folder) if path.is_dir() and not path.is_symlink()]


def has_entry(folder: Path, entry: str) -> bool:
    """Whether the file to import lies in a folder."""
    return any((folder / name).is_file() for name in entries(entry))


def _within(folder: Path) -> list[Path]:
    """Everything in a folder but what is hidden or Python's own."""
    own = (*PYTHONS, "__init__.py")
    names = sorted(os.listdir(folder))
    return [folder / name for name in names if not name.startswith(".") and name not in own]


def _is_submission(path: Path) -> bool:
    return path.suffix in (*ENGINES, ZIP) or path.is_dir()


# -- what belongs together -------------------------------------------------------------------------


def _apart(folder: Path, entry: str) -> list[Path]:
    """What lies beside the file to import and has nothing to do with it: folders with such a file
    of their own, and files that do not import it, nor are imported by it or what it imports."""
    together = _together(folder, entry)
    within = [path for path in _within(folder) if path.suffix in ENGINES]
    own = [path for path in _within(folder) if not path.is_symlink() and has_entry(path, entry)]
    return [*(path for path in within if path.stem not in together), *own]


def _together(folder: Path, entry: str) -> set[str]:
    """The file to import and those beside it that have to do with it, by the names of modules."""
    within = [path for path in _within(folder) if path.suffix in ENGINES]
    imports = {path.stem: _imports(path) for path in within}
    names = {Path(name).stem for name in entries(entry)}
    together, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in together:
            together.add(name)
            waiting += imports.get(name, ())
    return together | {name for name, wanted in imports.items() if wanted & names}


def _imports(path: Path) -> set[str]:
    """The modules that a file imports, by the first part of their names."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_SOURCE:
            return set()
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
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


# -- names -----------------------------------------------------------------------------------------


def _apart_by_name(pieces: Sequence[Piece]) -> list[Piece]:
    """The submissions, each with a name of its own."""
    ids = [piece.id for piece in pieces]
    for longer in (_with_number, _with_folder, _whole):
        count = Counter(ids)
        ids = [
            id if count[id] == 1 else longer(piece, id)
            for id, piece in zip(ids, pieces, strict=True)
        ]
    return [replace(piece, id=id) for id, piece in zip(ids, pieces, strict=True)]


def _plain(path: Path) -> str:
    return shown(path.stem if path.suffix in (*ENGINES, ZIP) else path.name)


def _with_number(piece: Piece, id: str) -> str:
    """The name with the number that a platform knows its person by."""
    number = next((one.id or one.sid for one in piece.who if one.id or one.sid), "")
    return f"{id} {shown(number)}" if number else id


def _with_folder(piece: Piece, _: str) -> str:
    return f"{shown(piece.path.parent.name)}/{shown(piece.path.name)}"


def _whole(piece: Piece, _: str) -> str:
    """The path, and what tells it from others that are shown alike."""
    whole = piece.path.absolute()
    return f"{shown(str(whole))} {hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"


def paths(pieces: Sequence[Piece]) -> Mapping[str, Path]:
    """Where each lies, by its name."""
    return {piece.id: piece.path for piece in pieces}
