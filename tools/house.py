"""How large the house is: files, lines and statements of each room, from the ground up.

Statements are counted without docstrings, so that explaining costs nothing. Run it as
``python tools/house.py [CHECKOUT]``; another checkout shows how large the house was then.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

LONG: Final = 400
"""A file of more lines holds several ideas, unless its docstring says why not."""
SHELL: Final = "the package itself"
"""What the files are called that lie in no room."""
WORKER: Final = "harness.grading.worker"


class File(NamedTuple):
    """A Python file: where it lies below the checkout, and how long it is."""

    path: Path
    lines: int
    statements: int

    @property
    def room(self) -> str:
        """The room of the house, or the other package, that it is in."""
        package, *inner = self.path.parts
        return package if package != "harness" else inner[0] if inner[1:] else SHELL


def files(root: Path) -> list[File]:
    """The files of ``harness`` and ``minigrad``."""
    return [
        File(path.relative_to(root), text.count("\n"), statements(text))
        for package in ("harness", "minigrad")
        for path in sorted((root / package).rglob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
    ]


def statements(text: str) -> int:
    """How many statements a text has, docstrings apart."""
    every = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    return sum(not _is_text(node) for node in every)


def _is_text(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def table(every: Sequence[File]) -> Iterator[str]:
    """A row for each room, the largest first, and one for ``harness`` as a whole."""
    own = [file for file in every if file.room != "minigrad"]
    rooms = {room: [one for one in every if one.room == room] for room in {f.room for f in every}}
    yield "| room | files | lines | statements | of harness |"
    yield "|---|--:|--:|--:|--:|"
    for room in sorted(rooms, key=lambda room: (-_size(rooms[room]), room)):
        share = "" if room == "minigrad" else f"{_size(rooms[room]) / _size(own):.0%}"
        yield _row(room, rooms[room], share)
    yield _row("harness", own, "")


def _row(name: str, some: Sequence[File], share: str) -> str:
    lines = sum(file.lines for file in some)
    return f"| {name} | {len(some):,} | {lines:,} | {_size(some):,} | {share} |"


def _size(some: Sequence[File]) -> int:
    return sum(file.statements for file in some)


def worker(root: Path) -> list[str]:
    """What of ``harness`` a submission's worker has loaded when it begins."""
    code = f"import sys, {WORKER}; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    return [name for name in done.stdout.split() if name.startswith("harness.")]


def main() -> None:
    """Tell of the checkout that is named, or of the current folder."""
    root = Path(*sys.argv[1:2]).resolve()
    every = files(root)
    print("\n".join(table(every)))
    for file in every:
        if file.lines > LONG:
            print(f"\n{file.path.as_posix()} has {file.lines} lines.")
    loaded = worker(root)
    vocabulary = [name.split(".")[2] for name in loaded if name.startswith("harness.vocabulary.")]
    print(f"\nA worker loads {len(loaded)} modules, of the vocabulary {', '.join(vocabulary)}.")


if __name__ == "__main__":
    main()
