"""Which file of a submission is imported: the one of the name that was asked for, or what its
author has made of that name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import Final

ENGINES: Final = (".py", ".ipynb")
"""What a submission of one file may be."""

BESIDE: Final = re.compile(r"(test_.*|.*_test|tests|conftest|setup|adapter|__init__)\.py")
"""Files that come with an engine and are none."""

MOST_NAMED: Final = 5


def entries(entry: str) -> tuple[str, ...]:
    """What may be imported: the file of that name, or else the notebook."""
    return entry, f"{entry.removesuffix('.py')}.ipynb"


def called_alike(files: Collection[str], entry: str) -> str | None:
    """The only file that is called as it was asked for but for capitals, or lies in a folder."""
    wanted = _called_alike(files, entry)
    nearest = min((file.count("/") for file in wanted), default=0)
    near = [file for file in wanted if file.count("/") == nearest]
    return near[0] if len(near) == 1 else None


def _called_alike(files: Collection[str], entry: str) -> list[str]:
    names = {PurePosixPath(name).name.lower() for name in entries(entry)}
    return [file for file in files if PurePosixPath(file).name.lower() in names]


def taken(files: Collection[str], entry: str) -> str | None:
    """The file that is meant where none is called as it was asked for: the one that is called
    alike; else the only Python file. None where several may be meant, or none is."""
    if _called_alike(files, entry):
        return called_alike(files, entry)
    engines = [file for file in files if is_engine(file)]
    return engines[0] if len(engines) == 1 else None


def is_engine(file: str) -> bool:
    """Whether a file may be an engine, by its name."""
    return file.endswith(ENGINES) and not BESIDE.fullmatch(PurePosixPath(file).name.lower())


def told(entry: str, file: str) -> str:
    """That another file is taken."""
    return f"{file} is taken for {entry}"


def absent(entry: str, files: Iterable[str]) -> str:
    """That the file to import is not there, and what is."""
    others = sorted(name for name in files if name.endswith(ENGINES))
    there = f"; there is {', '.join(others[:MOST_NAMED])}" if others else ""
    return f"there is no {entry} in it{there}"
