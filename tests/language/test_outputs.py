"""Several outputs: the gradient is that of their sum, each times its seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from harness.engines import reference
from harness.engines.loading import load
from harness.judging.judge import judge
from harness.language.case import Case, CaseError, decode
from harness.language.writing import case_text
from harness.vocabulary.program import default_seed

BODY = """about: a
inputs: {x: [0.5, -1.5], y: 3}
steps:
  a: x * y
  b: sum(exp(a)) + y
  c: a * b
"""


def case(text: str) -> Case:
    return decode(BODY + text, Path("x.yaml"))


def told(text: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        case(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("outputs: [a, b]", {"a": default_seed((2,)), "b": 1.0}),
        ("outputs: [c, b, a]", {"a": default_seed((2,)), "b": 1.0, "c": default_seed((2,))}),
        ("outputs: {b: -2.5, c: [1, 2]}", {"b": -2.5, "c": [1.0, 2.0]}),
        ("outputs: {c: , b: 0}", {"b": 0.0, "c": default_seed((2,))}),
        ("outputs: [b]", {"b": 1.0}),
    ],
)
def test_the_gradients_are_those_of_torchs_backward_of_several(
    text: str, seeds: dict[str, list[float]]
) -> None:
    x = torch.tensor([0.5, -1.5], dtype=torch.float64, requires_grad=True)
    y = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    steps = {"a": x * y}
    steps["b"] = torch.sum(torch.exp(steps["a"])) + y
    steps["c"] = steps["a"] * steps["b"]
    for step in steps.values():
        step.retain_grad()
    wanted = [torch.as_tensor(seed, dtype=torch.float64) for seed in seeds.values()]
    torch.autograd.backward([steps[name] for name in seeds], wanted)
    found = reference.evaluate(case(text).program)
    for name, leaf in {"x": x, "y": y, **steps}.items():
        grad = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        np.testing.assert_allclose(found.gradients[name], grad, 1e-12)


def test_an_engine_is_asked_for_the_sum_by_its_own_operations() -> None:
    one = case("outputs: [a, b]\norder: 2\n")
    assert [step.name for step in one.program.steps][-3:] == [
        "a * seed_a",
        "sum(a * seed_a)",
        "total",
    ]
    truth = reference.evaluate(one.program)
    verdict = judge(one, truth, load("peer:minigrad").run(one.program))
    assert [verdict.direction(d).status for d in one.program.directions] == ["passed"] * 3


def test_numbers_that_need_no_seed_are_added_and_no_more() -> None:
    text = "about: a\ninputs: {x: 2}\nsteps: {a: x * x, total: exp(x)}\noutputs: [a, total]\n"
    program = decode(text, Path("x.yaml")).program
    assert [str(stage) for stage in program.stages][-1] == "total_ = a + total"
    assert [step.op for step in program.steps] == ["mul", "exp", "add"]


def test_the_case_is_written_with_the_same_program() -> None:
    program = case("outputs: {b: -2.5, c: [1, 2]}").program
    assert decode(case_text("a", program), Path("x.yaml")).program.steps == program.steps


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("outputs: [a, d]", "7:14: unknown output 'd' (steps: a, b, c)"),
        ("outputs: [x]", "7:11: unknown output 'x' (steps: a, b, c)"),
        ("outputs: [a, b, a]", "7:17: the output 'a' is named twice"),
        ("outputs: [[a]]", "7:11: the name of a step is expected here"),
        ("outputs: {a: 1}", "7:14: the seed has shape (), but the output 'a' has (2,)"),
        ("outputs: {b: one}", "7:14: 'one' is not a number"),
        ("outputs: [b]\nseed: 2", "8:7: each of the outputs has a seed of its own"),
        (
            "outputs: []",
            "7:10: outputs names 1 to 50 steps: outputs: [a, b], or with their seeds, outputs: "
            "{a: 1.0, b: [0.5, 2.0]}",
        ),
        ("  d: exp(k)\nconstants: {k: 1}\noutputs: [b, d]", "9:14: the output 'd' depends on no"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, problem: str) -> None:
    (found,) = told(text)
    assert found.startswith(problem)


def test_all_that_is_wrong_with_outputs_is_told() -> None:
    assert told("outputs: [a, a, d]") == [
        "7:14: the output 'a' is named twice",
        "7:17: unknown output 'd' (steps: a, b, c)",
    ]


def test_with_expr_there_is_one_output() -> None:
    with pytest.raises(CaseError) as caught:
        decode("about: a\ninputs: {x: 1}\nexpr: -x\noutputs: [f]\n", Path("x.yaml"))
    assert str(caught.value.problems[0]) == (
        "4:10: outputs names steps, and expr is a single one; write steps"
    )
