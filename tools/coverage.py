"""The vocabulary as a page, and which questions the cases ask of it: `cases/VOCABULARY.md`.

`python tools/coverage.py` writes the page anew. What is not asked has a reason there.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.language.case import Case, load
from harness.vocabulary.domains import domain_of
from harness.vocabulary.formula import Formula
from harness.vocabulary.formulas import EDGELESS, FORMULAS
from harness.vocabulary.kinks import KINKS
from harness.vocabulary.operation import Operation
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import usage
from harness.vocabulary.variants import OTHER, VARIANTS
from tools.asked import (
    ARRAYS,
    KINDS,
    NUMBERS,
    QUESTIONS,
    TINY,
    Asked,
    asked,
    is_elementwise,
    of_numbers,
)
from tools.edges import alike, corner, extremes
from tools.questions import DEEP

Counts = Mapping[Asked, int]
"""In how many cases each question is asked."""

OF_OPERANDS: Final = frozenset({"rule", "points", "upstream", "below", "before", "after", "twice"})
"""Questions that are asked of each operand."""

FOUND: Final = {"corner": corner, "tiny": extremes, "large": extremes}
"""What finds the points of a question, where there are any."""


def cover(cases: Iterable[Case]) -> Counts:
    """What a suite asks. A case of many steps asks about depth."""
    short = (case.program for case in cases if len(case.program.steps) <= DEEP)
    return Counter(ask for program in short for ask in asked(program))


def wanted(op: str, kind: str, question: str) -> list[str]:
    """Of what the question has to be asked: operands or parameters; of the operation as a whole, or
    nothing where it does not arise."""
    operation = OPERATIONS[op]
    if (kind == NUMBERS and not of_numbers(operation)) or reason(op, kind, question):
        return []
    values = [name for name, one in operation.operands.items() if one == "value"]
    if question in OF_OPERANDS or question == "stretched":
        return values
    return list(operation.parameters) if question == "parameter" else [""]


@cache
def reason(op: str, kind: str, question: str) -> str:
    """Why a question does not arise; empty where it does."""
    operation = OPERATIONS[op]
    if not operation.differentiable:
        return "it passes no gradient on; by hand, in cases/detached"
    if question == "right" and operation.named:
        return "a number there is a parameter, of another operation"
    if question in ("left", "right") and not (
        is_elementwise(operation) and list(operation.operands.values()) == ["value", "value"]
    ):
        return "no number stands beside another operand"
    if question == "stretched" and (
        kind == NUMBERS or operation.shape not in ("broadcast", "matmul")
    ):
        return "no operand is stretched"
    if question == "parameter" and not operation.parameters:
        return "no parameter"
    point = {"zero": 0.0, "negative": -0.5, "tiny": TINY, "large": 30.0}.get(question)
    if point is not None and not _is_allowed(operation, point):
        return "outside its domain"
    if question in FOUND:
        return _without(op, kind, question)
    return ""


def _is_allowed(operation: Operation, point: float) -> bool:
    """Whether some operand may be there, or right beside it."""
    return any(
        bool(domain_of(operation, position).holds(point + step))
        for position, one in enumerate(operation.operands.values())
        if one == "value"
        for step in (0.0, TINY)
    )


def _without(op: str, kind: str, question: str) -> str:
    """Why there is no such point."""
    if question in ("tiny", "large") and op in EDGELESS:
        return EDGELESS[op]
    makers = (FOUND[question], alike) if question == "corner" else (FOUND[question],)
    asks = (made.asks for maker in makers for made in maker(op, kind) if made is not None)
    if any(ask.question == question for every in asks for ask in every):
        return ""
    if question == "corner" and op in KINKS:
        ranked = OPERATIONS[op].places  # an upstream gradient of ones shows no tie of these
        return "equal elements change places; by hand, in cases/edges" if ranked else ""
    return EDGELESS.get(op, "smooth") if question == "corner" else "no finite answer"


def times(covered: Counts, ask: Asked) -> int:
    """In how many cases a question is asked, of a parameter in whichever way, and of an operand
    that is stretched along whichever axis."""
    if ask.question in ("parameter", "stretched", "corner"):
        return sum(
            count
            for other, count in covered.items()
            if other[:3] == ask[:3] and (not ask.what or other.what.split()[0] == ask.what)
        )
    return covered.get(ask, 0)


def gaps(covered: Counts) -> list[str]:
    """The empty cells of the table: what no case asks, and ought to."""
    return [
        " ".join(filter(None, (op, f"({kind}):", QUESTIONS[question], what)))
        for kind in KINDS
        for op in OPERATIONS
        for question in QUESTIONS
        for what in wanted(op, kind, question)
        if not times(covered, Asked(op, kind, question, what))
    ]


# -- the page --------------------------------------------------------------------------------------


def page(cases: Iterable[Case]) -> str:
    """The page in Markdown."""
    covered = cover(cases)
    lines = [
        "# The vocabulary, and what the cases cover of it",
        "",
        "Written by `python tools/coverage.py` from `harness/vocabulary` and the cases.",
        "Names and meanings are torch's.",
        "",
        "| write | defined by | derivative × upstream |",
        "|---|---|---|",
    ]
    for operation in OPERATIONS.values():
        lines.append(_row(operation, usage(operation), FORMULAS[operation.name]))
        for variant in VARIANTS.get(operation.name, ()):
            given = {n: "…" if v is OTHER else repr(v) for n, v in variant.parameters.items()}
            lines.append(_row(operation, usage(operation, given), variant.formula))
    for kind in KINDS:
        lines += ["", *_table(kind, covered)]
    return "\n".join(lines) + "\n"


def _row(operation: Operation, written: str, formula: Formula) -> str:
    rules = [
        f"d{name}: `{text.format_map(_Names(operation))}`"
        for name, text in formula.derivatives.items()
    ]
    rule = "<br>".join(rules).replace("|", "\\|")
    return f"| `{written}` | `{formula.torch}` | {rule} |"


TITLES: Final = {
    NUMBERS: "What is asked of engines of plain numbers",
    ARRAYS: "What is asked of engines of arrays",
}


def _table(kind: str, covered: Counts) -> list[str]:
    """Operations by questions; below it the reasons of the cells in which there is none."""
    asked_here = [op for op in OPERATIONS if kind == ARRAYS or of_numbers(OPERATIONS[op])]
    reasons: dict[str, str] = {}
    rows = []
    for op in asked_here:
        cells = []
        for question in QUESTIONS:
            why = reason(op, kind, question)
            letter = reasons.setdefault(why, "abcdefghijklmnop"[len(reasons)]) if why else ""
            cells.append(letter or _cell(op, kind, question, covered))
        rows.append(f"| {op} | {' | '.join(cells)} |")
    return [
        f"## {TITLES[kind]}",
        "",
        "The number of cases that ask each question of the operation; of several operands or",
        "parameters, of that one which the fewest ask about. A letter says why a question does not",
        "arise.",
        "",
        *(f"- **{question}**: {words}" for question, words in QUESTIONS.items()),
        "",
        f"| operation | {' | '.join(QUESTIONS)} |",
        f"|---{'|---' * len(QUESTIONS)}|",
        *rows,
        "",
        *(f"- {letter}: {why}" for why, letter in reasons.items()),
    ]


def _cell(op: str, kind: str, question: str, covered: Counts) -> str:
    counts = [
        times(covered, Asked(op, kind, question, what)) for what in wanted(op, kind, question)
    ]
    return str(min(counts))


class _Names(dict[str, str]):
    """Puts names into a derivative's text: a parameter's own, ``f`` for the result."""

    def __init__(self, operation: Operation) -> None:
        super().__init__({"out": "f", "dout": "df", "operands": "operands", "k": "k", "n": "n"})
        self.update({name: name for name in (*operation.operands, *operation.parameters)})


def main() -> None:
    """Write cases/VOCABULARY.md below the current folder."""
    root = Path("cases")
    cases = [load(path, root=root) for path in sorted(root.rglob("*.yaml"))]
    (root / "VOCABULARY.md").write_text(page(cases), encoding="utf-8")


if __name__ == "__main__":
    main()
