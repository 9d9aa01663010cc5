"""Every case as an exercise: its solution agrees, and each mistake in it is told at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sweeps import sweep

from harness.engines.staged.running import run
from harness.judging.comparing import largest
from harness.judging.staged.bringing import ATOL, RTOL
from harness.judging.staged.helpers import helpers
from harness.judging.staged.judging import ByHand, judge
from harness.language.case import Case, CaseError, load
from harness.language.in_torch import NotInTorch
from harness.showing.staging import stage

ROOT = Path(__file__).resolve().parents[3] / "cases"
MOST_STEPS = 60
REFUSED = "is not known here|must be literal|no step is computed|must be None or a number"
"""What a forward pass of a listing may have that is refused with its line."""
LEFT_OPEN = frozenset({"corner", "bounds"})
"""Words of cases of clamps whose bounds meet, where torch's answer is neither's."""
NOT_YET = frozenset(
    {"norm_of_half_order", "third_norm_of_zeros", "nan_input"}
    | {"gather_the_label", "prod_of_a_zero_and_reused", "soft_cross_entropy_summed"}
    | {"where_hides_an_infinity", "geometric_series", "prod_reused"}
)
"""Cases whose solution is not read, or where a line without its upstream gradient brings a number
that another use may bring."""
WRITES = re.compile(r"(?P<name>d\w+) (?P<sign>\+?=) (?P<value>[^#]*?)(?P<up> \* d\w+)?(\s+#.*)?")


def cases() -> list[Case]:
    found = [load(path, root=ROOT) for path in sorted(ROOT.rglob("*.yaml"))]
    return [
        case
        for case in found
        if len(case.program.steps) <= MOST_STEPS
        and case.program.dtype == "float64"
        and case.path.stem not in NOT_YET
        and not LEFT_OPEN
        & set(re.split(r"[_/]", case.path.relative_to(ROOT).with_suffix("").as_posix()))
    ]


def judged(text: str) -> ByHand:
    return judge("e.py", text, run(text, "e.py", {}, helpers(text)), {})


def changed(row: str) -> Iterator[tuple[str, str]]:
    """A line of the backward pass with a mistake, each with its kind."""
    found = WRITES.fullmatch(row)
    if found is None or "# seed" in row or row.count("(") != row.count(")"):
        return
    name, sign, value, up = found["name"], found["sign"], found["value"], found["up"] or ""
    yield "blank", f"{name} {sign} ..."
    yield "negated", f"{name} {sign} -({value}{up})"
    if sign == "+=":
        yield "assigned", f"{name} = {value}{up}"
    if up:
        yield "upstream lost", f"{name} {sign} {value}"


def numbers(verdict: ByHand) -> list[np.ndarray]:
    return [line.event.value for line in verdict.lines if line.event.node is not None]


def is_same(one: ByHand, other: ByHand) -> bool:
    pairs = list(zip(numbers(one), numbers(other), strict=False))
    slack = ATOL * largest(other.truth.gradients)
    return len(numbers(one)) == len(numbers(other)) and all(
        a.shape == b.shape and np.allclose(a, b, RTOL, slack, equal_nan=True) for a, b in pairs
    )


def kind(case: Case) -> str:
    """The folder of a case; of those that ask about one operation also what they ask."""
    folder = case.path.parent.relative_to(ROOT).as_posix()
    return f"{folder} {case.path.stem.rpartition('_')[2] if 'questions' in folder else ''}"


@sweep("case", cases(), always=4, sample=1, ids=lambda case: case.path.stem, kind=kind)
def test_a_solution_agrees_and_each_mistake_is_told_at_its_line(case: Case) -> None:
    text = stage(case.program).text()
    try:
        right = judged(text)
    except CaseError as error:
        assert re.search(REFUSED, str(error))
        pytest.skip("its forward pass is refused")
    assert not (right.wrong or right.unplaced or right.stopped)
    rows = text.splitlines()
    for number, row in enumerate(rows, 1):
        for kind, line in changed(row) if number in right.by_line else ():
            verdict = judged("\n".join([*rows[: number - 1], line, *rows[number:]]))
            if kind == "blank":
                assert not verdict.wrong, (number, line)
                assert verdict.blanks, (number, line)
            elif verdict.stopped is None and not is_same(verdict, right):
                told = verdict.wrong[0].event.line if verdict.wrong else None
                assert told == number, (kind, line)


@sweep("case", cases(), always=4, sample=20, ids=lambda case: case.path.stem)
def test_a_solution_in_torch_computes_the_same_and_is_read(case: Case) -> None:
    torch = pytest.importorskip("torch")
    try:
        listing = stage(case.program, "torch")
    except NotInTorch:
        pytest.skip("torch has no short way to write it")
    text = listing.text()
    scope: dict[str, object] = {}
    before = torch.get_default_dtype()
    try:
        exec(compile(text, "solution.py", "exec"), scope)
    finally:
        torch.set_default_dtype(before)
    last = {line.code.split(" ")[0]: line.value for line in listing.lines if line.value is not None}
    for name, value in last.items():
        if name in scope:
            got = np.asarray(scope[name], float)
            np.testing.assert_allclose(got, value, 1e-9, 1e-12)
    verdict = judged(text)
    assert not (verdict.wrong or verdict.unplaced or verdict.stopped)
