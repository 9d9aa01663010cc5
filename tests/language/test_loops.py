"""Loops that count their turns: row t of an input, and t as a number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from harness.engines import reference
from harness.language.case import CaseError, decode
from harness.language.writing import case_text
from harness.vocabulary.program import Program

HEAD = "about: a\ninputs: {x: [[1, 2], [3, 4], [5, -6]], h: [0.5, 1], U: [[1, 2], [0.5, 3]]}\n"


def loop(body: str) -> Program:
    return decode(f"{HEAD}steps:\n  z: {body}\n", Path("x.yaml")).program


def test_a_recurrence_reads_a_row_a_turn() -> None:
    program = loop('{start: h, repeat: 3, index: t, next: "tanh(x[t] * 0.1 + z @ U) * t"}')
    x, h, u = (torch.tensor(np.asarray(value)) for value in program.inputs.values())
    x.requires_grad_()
    z = h
    for t in range(3):
        z = torch.tanh(x[t] * 0.1 + z @ u) * t
    (z * torch.tensor(np.asarray(program.seed))).sum().backward()  # type: ignore[no-untyped-call]
    found = reference.evaluate(program)
    np.testing.assert_allclose(found.values["z"], z.detach().numpy(), 1e-12)
    assert x.grad is not None
    np.testing.assert_allclose(found.gradients["x"], x.grad.numpy(), 1e-12)


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("t", [(0,), (1,)]),
        ("t + 1, :", [(1, slice(None)), (2, slice(None))]),
        ("-1 - t", [(-1,), (-2,)]),
        ("2 * t", [(0,), (2,)]),
        ("[0, t]", [([0, 0],), ([0, 1],)]),
        ("t:t + 1", [(slice(0, 1),), (slice(1, 2),)]),
    ],
)
def test_an_index_may_be_worked_out(index: str, rows: list[object]) -> None:
    program = loop(f'{{start: h, repeat: 2, index: t, next: "z + sum(x[{index}])"}}')
    found = [step.parameters["index"] for step in program.steps if step.op == "index"]
    assert found == rows


def test_a_parameter_may_be_the_turn() -> None:
    program = loop('{start: x, repeat: 2, index: k, next: "z + sum(x, axis=k, keepdims=True)"}')
    assert [s.parameters["axis"] for s in program.steps if s.op == "sum"] == [0, 1]


def test_the_case_is_written_with_its_loop() -> None:
    program = loop('{start: h, repeat: 2, index: t, next: "z * x[t]"}')
    assert str(program.stages[0]) == "z = z * x[t], for t = 0 to 1 from z = h"
    again = decode(case_text("a", program), Path("x.yaml")).program
    assert (again.steps, again.stages) == (program.steps, program.stages)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            '{start: h, repeat: 4, index: t, next: "z * x[t]"}',
            "4:49: 'x[3]': index 3 is out of range for axis 0 of shape (3, 2) (at t = 3)",
        ),
        (
            "{start: h, repeat: 2, index: h, next: z * 2}",
            "4:35: 'h' is a leaf or a step already; give the index another name",
        ),
        ("{start: h, repeat: 2, index: 2, next: z * 2}", "4:35: '2' is not a name"),
        ("{start: h, repeat: 2, index: [t], next: z * 2}", "4:35: the name of the index is"),
        (
            '{start: h, repeat: 2, next: "z * x[t]"}',
            "4:41: an index must be literal or a constant, not 't'; a loop counts its turns by "
            "index: t",
        ),
        (
            '{start: h, repeat: 2, index: t, next: "z * x[z]"}',
            "4:51: an index must be literal or a constant, not 'z'",
        ),
        (
            "{start: h, repeat: 2, index: t, next: z * x[t]}",
            "4:49: did not find expected ',' or '}' (separate entries with ',' and close them "
            "with '}'; quote an expression with brackets)",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(body: str, problem: str) -> None:
    with pytest.raises(CaseError) as caught:
        loop(body)
    (found,) = caught.value.problems
    assert str(found).startswith(problem)


def test_an_index_ends_with_its_loop_even_where_that_is_wrong() -> None:
    with pytest.raises(CaseError) as caught:
        loop('{start: h, repeat: 2, index: t, next: "z * x[t + 2]"}\n  f: h * t')
    first, second = map(str, caught.value.problems)
    assert first.startswith("4:49: 'x[3]': index 3 is out of range for axis 0")
    assert second.startswith("5:10: unknown name 't'")
