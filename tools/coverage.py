"""The vocabulary as a page, and which cases cover what of it: `cases/VOCABULARY.md`.

`python tools/coverage.py` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.language.case import Case, load
from harness.vocabulary.formulas import EDGELESS, FORMULAS, Formula
from harness.vocabulary.program import Program, Step
from harness.vocabulary.signatures import OPERATIONS, REQUIRED, Operation
from harness.vocabulary.spelling import usage
from harness.vocabulary.variants import OTHER, VARIANTS


@dataclass
class Cover:
    """How many cases show what of one operation."""

    scalar: int = 0
    tensor: int = 0
    inner: int = 0
    output: int = 0
    second: int = 0
    edge: int = 0
    operands: dict[str, int] = field(default_factory=dict)
    broadcast: dict[str, int] = field(default_factory=dict)
    reuse: int = 0
    parameters: dict[str, int] = field(default_factory=dict)


def cover(cases: Iterable[Case]) -> dict[str, Cover]:
    """What a suite shows of each operation of the vocabulary."""
    found = {name: Cover() for name in OPERATIONS}
    for case in cases:
        seen: set[tuple[str, str]] = set()
        for step in case.program.steps:
            if step.op in OPERATIONS:
                seen.update((step.op, fact) for fact in _facts(case, step))
        for op, fact in seen:
            _count(found[op], fact)
    return found


def _facts(case: Case, step: Step) -> Iterator[str]:
    program, operation = case.program, step.operation
    yield "scalar" if program.scalar else "tensor"
    yield "output" if step.name == program.output else "inner"
    if program.order == 2:
        yield "second"
    if "kink" in case.tags or {"edges", "kinks"} & set(case.path.parts) or "overflow" in case.tags:
        yield "edge"
    for position, operand in enumerate(step.operands):
        if operand not in program.reaching:
            continue
        name = step.operand(position)
        yield f"operands {name}"
        if _is_stretched(program, step, str(operand)):
            yield f"broadcast {name}"
        if len(program.uses[str(operand)]) > 1:
            yield "reuse"
    for name, value in step.parameters.items():
        if operation.parameters[name].default is REQUIRED or (
            value != operation.parameters[name].default
        ):
            yield f"parameters {name}"


def _is_stretched(program: Program, step: Step, operand: str) -> bool:
    if step.operation.shape == "matmul":
        batch, own = program.shapes[step.name][:-2], program.shapes[operand]
        return len(own) > 1 and own[:-2] != batch and bool(batch)
    stretches = step.operation.shape == "broadcast"
    return stretches and program.shapes[operand] != program.shapes[step.name]


def _count(found: Cover, fact: str) -> None:
    table, _, name = fact.partition(" ")
    if name:
        counts: dict[str, int] = getattr(found, table)
        counts[name] = counts.get(name, 0) + 1
    else:
        setattr(found, table, getattr(found, table) + 1)


def gaps(found: Mapping[str, Cover]) -> list[str]:
    """The empty cells of the table: what no case shows of an operation, and ought to."""
    missing = []
    for name, operation in OPERATIONS.items():
        seen = found[name]
        values = [key for key, kind in operation.operands.items() if kind == "value"]
        missing += [f"{name}: the gradient of {key}" for key in values if key not in seen.operands]
        if operation.shape == "broadcast":
            missing += [f"{name}: {key} stretched" for key in values if key not in seen.broadcast]
        missing += [
            f"{name}: parameter {key}" for key in operation.parameters if key not in seen.parameters
        ]
        missing += [f"{name}: a reused operand"] * (not seen.reuse)
        missing += [f"{name}: as inner step"] * (not seen.inner)
        missing += [f"{name}: as output"] * (not seen.output and operation.differentiable)
        missing += [f"{name}: an edge"] * (not seen.edge and name not in EDGELESS)
    return missing


# -- the page --------------------------------------------------------------------------------------


def page(cases: Iterable[Case]) -> str:
    """The page in Markdown."""
    found = cover(cases)
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
    lines += [
        "",
        "## Cases that cover it",
        "",
        "The number of cases in which the operation: computes a plain number, or an array;",
        "passes a gradient on to each operand; has an operand stretched by broadcasting; has an",
        "operand that is used elsewhere; has each parameter at another value than its default;",
        "stands at an edge (a kink, a tie, an edge of its domain, a magnitude where naive formulas",
        "fail); is differentiated twice. A dash says that there is nothing of the kind.",
        "",
        "| operation | number / array | gradient of | stretched | reused | parameters | edge "
        "| twice |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, operation in OPERATIONS.items():
        seen = found[name]
        cells = [
            f"{seen.scalar} / {seen.tensor}",
            _cell(seen.operands),
            _cell(seen.broadcast) if operation.shape in ("broadcast", "matmul") else "–",
            str(seen.reuse),
            _cell(seen.parameters) if operation.parameters else "–",
            str(seen.edge) if seen.edge or name not in EDGELESS else f"– {EDGELESS[name]}",
            str(seen.second),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _row(operation: Operation, written: str, formula: Formula) -> str:
    rules = [
        f"d{name}: `{text.format_map(_Names(operation))}`"
        for name, text in formula.derivatives.items()
    ]
    rule = "<br>".join(rules).replace("|", "\\|")
    return f"| `{written}` | `{formula.torch}` | {rule} |"


class _Names(dict[str, str]):
    """Puts names into a derivative's text: a parameter's own, ``f`` for the result."""

    def __init__(self, operation: Operation) -> None:
        super().__init__({"out": "f", "dout": "df", "operands": "operands", "k": "k", "n": "n"})
        self.update({name: name for name in (*operation.operands, *operation.parameters)})


def _cell(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "0"


def main() -> None:
    """Write cases/VOCABULARY.md below the current folder."""
    root = Path("cases")
    cases = [load(path, root=root) for path in sorted(root.rglob("*.yaml"))]
    (root / "VOCABULARY.md").write_text(page(cases), encoding="utf-8")


if __name__ == "__main__":
    main()
