"""Backward passes in the styles of courses and tutorials, each with mistakes that people make.

``held_out/*.py`` are right; ``held_out/mistakes.txt`` has one mistake a line. Both were written
before the harness was tried on them; those of ``held_out/second`` after it had been mended by the
others, those of ``held_out/third`` and, later, ``fourth`` to ``sixth`` by somebody who had not.
As a program it prints how many mistakes are told:

    PYTHONPATH=tests python -m judging.by_hand.held_out [NAME …]
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.engines.staged.running import run
from harness.judging.staged.judging import ByHand, judge
from harness.language.case import CaseError

FOLDER = Path(__file__).parent / "held_out"
FILES = sorted(FOLDER.rglob("*.py"))

CODES = {
    "sign": {"wrong-sign"},
    "scale": {"wrong-scale", "double-count", "missing-term"},
    "overwrite": {"overwrite", "missing-term"},
    "missing": {"missing-term"},
    "upstream": {"missing-upstream"},
    "sum": {"missing-unbroadcast"},
    "axis": {"wrong-axis", "missing-unbroadcast"},
    "transposed": {"wrong-permutation", "swapped-operands"},
    "swapped": {"swapped-operands", "wrong-rule"},
    "rule": {"wrong-rule", "lost-gradient", "swapped-branches"},
    "elsewhere": {"wrong-rule", "swapped-operands", "wrong-shape"},
}
"""The codes by which each kind of mistake is named."""


@dataclass(frozen=True)
class Mistake:
    """A file with one mistake in the given line."""

    name: str
    kind: str
    line: int
    text: str
    missing: bool

    @property
    def id(self) -> str:
        return f"{self.name}-{self.kind}-{self.line}"


def mistakes() -> Iterator[Mistake]:
    """All of the tables."""
    for table in sorted(FOLDER.rglob("mistakes.txt")):
        for row in table.read_text().splitlines():
            if not row.startswith("#"):
                yield _mistake(table, row)


def _mistake(table: Path, row: str) -> Mistake:
    name, kind, old, *rest = (part.strip() for part in f"{row} ".split(" | "))
    old, new = old.removesuffix("|").strip(), (rest or [""])[0]
    text = table.with_name(f"{name}.py").read_text()
    assert old in text, row
    line = _statement(text, text[: text.index(old)].count("\n") + 1)
    missing = not new and text.splitlines()[line - 1].strip() == old
    return Mistake(name, kind, line, text.replace(old, "pass" if missing else new, 1), missing)


def _statement(text: str, line: int) -> int:
    """The first line of the statement that a line belongs to."""
    simple = ast.Assign | ast.AugAssign | ast.Expr | ast.Return
    every = (node for node in ast.walk(ast.parse(text)) if isinstance(node, simple))
    return next(x.lineno for x in every if x.lineno <= line <= (x.end_lineno or 0))


def judged(text: str) -> ByHand:
    return judge("code.py", text, run(text, "code.py", {}), {})


def told(mistake: Mistake) -> tuple[bool, bool, str]:
    """Whether the line of a mistake is named first, whether the mistake is, and what is said. Where
    the line is missing, it is another line of the same gradient."""
    try:
        verdict = judged(mistake.text)
    except CaseError as error:
        return False, False, str(error)
    if not verdict.wrong:
        stopped = verdict.stopped is not None and verdict.stopped[0] == mistake.line
        return stopped, stopped, str(verdict.stopped)
    first = verdict.wrong[0]
    line = first.event.line == mistake.line or (
        mistake.missing and _same(mistake, first.event.name)
    )
    said = f"line {first.event.line} {first.event.name}: {first.code}: {first.message}"
    return line, line and first.code in CODES[mistake.kind], said


def _same(mistake: Mistake, name: str) -> bool:
    """Whether a line that is missing has written to a gradient of that name."""
    path = next(path for path in FILES if path.stem == mistake.name)
    row = path.read_text().splitlines()[mistake.line - 1]
    return row.strip().replace('"', "'").startswith(name)


def main(chosen: list[str]) -> None:
    lines = named = every = 0
    for mistake in mistakes():
        if not chosen or mistake.name in chosen:
            line, name, said = told(mistake)
            every, lines, named = every + 1, lines + line, named + name
            if not name:
                print("ok  " if line else "LINE", mistake.id, "->", said)
    print(
        f"{every} mistakes: line {lines} ({lines / every:.1%}), named {named} ({named / every:.1%})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
