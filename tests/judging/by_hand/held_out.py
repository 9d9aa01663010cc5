"""Backward passes in the styles of courses and tutorials, each with mistakes that people make.

``held_out/*.py`` are right; ``held_out/mistakes.txt`` has one mistake a line. Both were written
before the harness was tried on them; those of ``held_out/second`` after it had been mended by the
others. As a program it prints how many mistakes are told:

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
    """All of the table."""
    tables = [path for path in sorted(FOLDER.rglob("mistakes.txt"))]
    for table, row in ((table, row) for table in tables for row in table.read_text().splitlines()):
        if row.startswith("#"):
            continue
        name, kind, old, new = (part.strip(" ") for part in (*row.split(" | "), "")[:4])
        new = new.removesuffix("|").strip()
        old = old.removesuffix("|").strip()
        text = table.with_name(f"{name}.py").read_text()
        assert old in text, row
        line = _statement(text, text[: text.index(old)].count("\n") + 1)
        rows = text.splitlines()
        missing = not new and rows[line - 1].strip() == old
        yield Mistake(
            name, kind, line, text.replace(old, new or "pass" if missing else new, 1), missing
        )


def _statement(text: str, line: int) -> int:
    """The first line of the statement that a line belongs to."""
    simple = ast.Assign | ast.AugAssign
    every = (node for node in ast.walk(ast.parse(text)) if isinstance(node, simple))
    return next(x.lineno for x in every if x.lineno <= line <= (x.end_lineno or 0))


def judged(text: str) -> ByHand:
    return judge("code.py", text, run(text, "code.py", {}), {})


def told(mistake: Mistake, names: set[str]) -> tuple[bool, bool, str]:
    """Whether the line of a mistake is named first, whether the mistake is, and what is said. Where
    the line is missing, ``names`` are what it wrote."""
    try:
        verdict = judged(mistake.text)
    except CaseError as error:
        return False, False, str(error)
    if not verdict.wrong:
        stopped = verdict.stopped is not None and verdict.stopped[0] == mistake.line
        return stopped, stopped, str(verdict.stopped)
    first = verdict.wrong[0]
    line = first.event.line == mistake.line or (mistake.missing and first.event.name in names)
    said = f"line {first.event.line} {first.event.name}: {first.code}: {first.message}"
    return line, line and first.code in CODES[mistake.kind], said


def main(chosen: list[str]) -> None:
    lines = named = every = 0
    for path in FILES:
        if chosen and path.stem not in chosen:
            continue
        try:
            right = judged(path.read_text())
        except CaseError as error:
            print("REFUSED", path.stem, error)
            right = None
        if right is not None and (
            right.wrong or right.stopped or right.unplaced or right.reading.unheard
        ):
            print(
                "ACCUSED",
                path.stem,
                right.stopped,
                [(x.event.line, x.event.name, x.code, x.message) for x in right.wrong],
                right.unplaced,
                right.reading.unheard,
            )
        for mistake in mistakes():
            if mistake.name != path.stem:
                continue
            names = (
                {x.event.name for x in right.lines if x.event.line == mistake.line}
                if right
                else set()
            )
            line, name, said = told(mistake, names)
            every, lines, named = every + 1, lines + line, named + name
            if not name:
                print("ok  " if line else "LINE", mistake.id, "->", said)
    print(
        f"{every} mistakes: line {lines} ({lines / every:.1%}), named {named} ({named / every:.1%})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
