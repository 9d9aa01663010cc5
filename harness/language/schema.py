"""The schema by which editors complete and check cases: one file at the root of a folder of cases,
which the first line of every case below it names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from harness.bundled import bundled
from harness.files import write

NAME: Final = "case.schema.json"


def modeline(path: Path, root: Path) -> str:
    """The first line of a case at ``path``, somewhere below the folder ``root`` of cases."""
    up = "../" * (len(path.relative_to(root).parts) - 1)
    return f"# yaml-language-server: $schema={up}{NAME}\n"


def content() -> bytes:
    """The schema of this version."""
    return bundled("cases").joinpath(NAME).read_bytes()


def provide(root: Path) -> None:
    """Writes the schema into a folder of cases, where it is not, or is another version's."""
    file = root / NAME
    if not file.exists() or file.read_bytes() != content():
        write(file, content())
