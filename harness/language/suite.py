"""Which files are cases: those of the built-in suite, and those in folders of one's own.

A case's id is its path as a user names it. That of a built-in case begins with ``cases/`` wherever
the harness is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from harness import languages
from harness.bundled import bundled
from harness.language.case import Case, load
from harness.language.words import said

BUILTIN: Final = "builtin"
"""What the built-in suite is called where a folder of cases is asked for."""

FOLDER: Final = "cases"
"""What the ids of the built-in suite begin with, and where one's own cases are looked for."""


RENAMED: Final = {"cases/tensors/": "cases/arrays/"}
"""What ids of built-in cases once began with, and begin with now."""


@cache
def current(id: str) -> str:
    """The id that a built-in case, a pass of one, or a folder of them has now. Any other stays,
    such as that of a case of one's own in a folder that is called as a built-in one once was."""
    for old, new in RENAMED.items():
        if f"{id}/".startswith(old):
            renamed = (new + f"{id}/".removeprefix(old)).removesuffix("/")
            path = PurePosixPath(renamed.partition("::")[0])
            return renamed if bundled(FOLDER).joinpath(*path.parts[1:]).exists() else id
    return id


@dataclass(frozen=True, slots=True)
class Source:
    """A file that should hold a case; its path below ``root`` is part of its ``id``."""

    id: str
    path: Path
    root: Path

    def load(self) -> Case:
        """The case; raises :class:`~harness.language.case.CaseError`."""
        return load(self.path, self.id, self.root)

    def files(self) -> list[Path]:
        """The file itself, and the snapshots beside it."""
        return [self.path, *sorted(self.path.with_suffix("").glob("*.yml"))]


def place(text: str) -> tuple[str, Path]:
    """What a folder or file is called in ids, and where it is. ``builtin`` is the built-in suite;
    a path ``cases/…`` that is not here is looked for there, by the name that it has now."""
    if text == BUILTIN:
        return FOLDER, bundled(FOLDER)
    parts = PurePosixPath(Path(text).as_posix()).parts
    if not Path(text).exists() and parts[:1] == (FOLDER,) and ".." not in parts:
        name = current("/".join(parts))
        inner = bundled(FOLDER).joinpath(*name.split("/")[1:])
        if inner.exists():
            return name, inner
    return Path(text).as_posix(), Path(text)


def find(places: Sequence[str] = ()) -> list[Source]:
    """The files of cases in ``places``, folders or files; without any, the built-in suite.

    A file of one's own takes the place of the built-in case with the same id. Raises
    :class:`FileNotFoundError` for a place with no case in it.
    """
    sources: dict[str, Source] = {}
    taken: set[Path] = set()
    own_first = sorted(places or (BUILTIN,), key=lambda text: is_builtin(place(text)[1]))
    for text in own_first:
        for source in _below(text):
            path = source.path.resolve()
            if source.id not in sources and path not in taken:
                sources[source.id] = source
                taken.add(path)
    return sorted(sources.values(), key=lambda source: source.id)


def is_builtin(path: Path) -> bool:
    """Whether it is a file or folder of the built-in suite."""
    return path.resolve().is_relative_to(bundled(FOLDER))


def _below(text: str) -> Iterator[Source]:
    name, path = place(text)
    if not path.exists():
        raise FileNotFoundError(2, said("neither-folder"), text)
    root = path if path.is_dir() else path.parent
    if is_builtin(path):
        root, path = bundled(FOLDER), path.resolve()
    if not path.is_dir():
        yield Source(name, path, root)
        return
    files = _files(path)
    if not files:
        raise FileNotFoundError(2, said("no-cases-below"), text)
    for file in files:
        yield Source(PurePosixPath(name, file).as_posix(), path / file, root)


def _files(folder: Path) -> list[Path]:
    """The paths below a folder, but for those in folders such as ``.venv``."""
    paths = sorted(file.relative_to(folder) for file in folder.rglob("*.yaml"))
    return [path for path in paths if not any(part.startswith(".") for part in path.parts)]


def one(text: str) -> Source:
    """The case of that path; its path below ``cases/``, without .yaml, will do as well, and one
    that is not here is looked for in the built-in suite. Raises :class:`FileNotFoundError`."""
    candidates = [text, f"{FOLDER}/{text}.yaml", f"{text}.yaml", f"{FOLDER}/{text}"]
    for candidate in candidates:
        if place(candidate)[1].is_file():
            (source,) = _below(candidate)
            return source
    raise FileNotFoundError(2, _no_case(text), text)


def _no_case(text: str) -> str:
    """What a topic has, the nearest name of a case, or what a name would be."""
    paths = _files(Path(FOLDER)) + _files(bundled(FOLDER))
    known = list(dict.fromkeys(path.with_suffix("").as_posix() for path in paths))
    name = text.removeprefix(f"{FOLDER}/").removesuffix(".yaml").rstrip("/")
    own = [case for case in known if case.startswith(f"{name}/")]
    if own:
        where = "" if (bundled(FOLDER) / name).is_dir() else f" --cases {FOLDER}"
        return said(
            "is-a-topic",
            own=languages.told("words", "either").join(own[:2]),
            name=name,
            where=where,
            count=len(own),
        )
    near = get_close_matches(name, known, 1)
    if near:
        return said("no-such-case-near", near=near[0])
    return said("no-such-case")
