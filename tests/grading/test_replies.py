"""The judge beside replies that no honest engine gives: it has limits of its own."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from replies import Hostile
from sweeps import sweep
from truths import ROOT

from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.grading import wire
from harness.grading.marking import mark
from harness.grading.suite import Question, read
from harness.judging import diagnosis
from harness.judging.diagnosis import UNEXPLAINED, diagnose
from harness.judging.oracle import Oracle
from harness.judging.precision import examined
from harness.judging.verdict import judge
from harness.language.case import load as load_case
from harness.language.program import COMPARISONS

REPLIES = 40
MOST_BYTES = 100 << 20
MOST_TIMES, SPARE_CALLS = 12, 100_000
"""A hostile reply may cost so many times the calls of a right one: that is how often a failed case
is run again; and so many more, to be explained."""


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many functions are called."""
    calls = [0]

    def count(*_: object) -> None:
        calls[0] += 1

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def judged(engine: Engine, question: Question) -> str:
    """A case, judged and explained, as it is put into the gradebook."""
    verdict = examined(engine, question.case, question.truth)
    return json.dumps(mark("x", [(question, verdict)], "cases"))


@sweep("seed", range(250), always=1, sample=10)
def test_a_hostile_reply_is_judged_and_costs_little(seed: int) -> None:
    random, honest = Random(seed), load("minigrad")
    hostile = Hostile(honest, seed)
    for question in random.choices(read(["cases"], oracle="recorded").questions, k=REPLIES):
        hostile.known.clear()
        hostile.tried.clear()
        with counted() as own:
            judged(honest, question)
        tracemalloc.start()
        with counted() as calls:
            judged(hostile, question)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < MOST_BYTES, question.id
        assert calls[0] < MOST_TIMES * own[0] + SPARE_CALLS, question.id


@pytest.mark.parametrize(
    "shape", [(1,) * 31 + (2,), (2,) * 11, (0, 9_000_000), (9_000_000, 0), (0,) * 32, (1, 0)]
)
@pytest.mark.parametrize("name", ["x", "y", "f"])
def test_nothing_is_computed_from_a_number_of_another_shape(
    shape: tuple[int, ...], name: str
) -> None:
    case = load_case(ROOT / "cases/elementwise/mul_stretched_right.yaml", "m", ROOT / "cases")
    question = Question("m", case, Oracle("recorded").truth(case), b"", False)
    right = load("minigrad").run(case.program)
    name = case.program.output if name == "f" else name
    odd = {name: np.resize(1.5, shape)}
    for wrong in (
        replace(right, values={**right.values, **odd}),
        replace(right, gradients={**right.gradients, **odd}),
    ):
        tracemalloc.start()
        with counted() as calls:
            json.dumps(mark("x", [(question, judge(case, question.truth, wrong))], "cases"))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < MOST_BYTES
        assert calls[0] < SPARE_CALLS


@pytest.mark.parametrize("odd", [np.ones((3, 7)), np.float64(0.5), np.ones((), np.float32)])
def test_a_comparison_is_judged_like_any_number(odd: Any) -> None:
    case = load_case(ROOT / "cases/elementwise/where_stretched_left.yaml", "w", ROOT / "cases")
    question = Question("w", case, Oracle("recorded").truth(case), b"", False)
    right = load("minigrad").run(case.program)
    (name,) = (step.name for step in case.program.steps if step.op in COMPARISONS)
    wrong = replace(right, values={**right.values, name: np.asarray(odd)})
    found = mark("x", [(question, judge(case, question.truth, wrong))], "cases")
    assert found["score"] < found["max_score"] and found["findings"]


def test_a_shape_that_no_program_has_is_no_array() -> None:
    for shape in ([(1 << 31) - 1, 0], [0, 1 << 24], [1] * 33):
        with pytest.raises(wire.Unreadable):
            wire.unpack_array(
                {"shape": shape, "dtype": "float64", "data": "0" * 16 * (0 not in shape)}
            )


def test_what_is_too_large_to_be_explained_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    case = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases")
    truth = Oracle("recorded").truth(case)
    wrong = replace(truth, gradients={**truth.gradients, "x": np.asarray(1.2345)})
    verdict = judge(case, truth, wrong)
    found = diagnose(verdict, "backward")
    assert found is not None and UNEXPLAINED not in found.message
    monkeypatch.setattr(diagnosis, "MOST_WORK", 2)
    found = diagnose(verdict, "backward")
    assert found is not None and found.message == UNEXPLAINED
