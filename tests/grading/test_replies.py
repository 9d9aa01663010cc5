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
from hypothesis import given, settings
from hypothesis import strategies as st
from replies import Hostile
from sweeps import sweep
from truths import ROOT

from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.grading import wire
from harness.grading.marking import mark
from harness.grading.remote import RemoteEngine
from harness.grading.sandbox.children import Gone, Limits
from harness.grading.suite import Question, read
from harness.grading.talk import Refused
from harness.judging import diagnosis
from harness.judging.diagnosis import explain
from harness.judging.judge import judge
from harness.judging.oracle import Oracle
from harness.judging.precision import examined
from harness.language.case import load as load_case

REPLIES = 40
MOST_BYTES = 100 << 20
MOST_TIMES, SPARE_CALLS = 12, 200_000
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
    question = Question("m", case, Oracle("recorded").truth(case))
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
    question = Question("w", case, Oracle("recorded").truth(case))
    right = load("minigrad").run(case.program)
    (name,) = (step.name for step in case.program.steps if step.operation.compares)
    wrong = replace(right, values={**right.values, name: np.asarray(odd)})
    found = mark("x", [(question, judge(case, question.truth, wrong))], "cases")
    assert found["score"] < found["max_score"] and found["findings"]


def test_a_shape_that_no_program_has_is_no_array() -> None:
    for shape in ([(1 << 31) - 1, 0], [0, 1 << 24], [1] * 33):
        with pytest.raises(wire.Unreadable):
            wire.unpack_array(
                {"shape": shape, "dtype": "float64", "data": "0" * 16 * (0 not in shape)}
            )


NAMES: tuple[str, ...] = (
    "x",
    "y",
    "f",
    "lines",
    "head",
    "number",
    "shape",
    "dtype",
    "data",
    "direction",
    "step",
)
NAMES += ("values", "gradients", "second", "failure", "breach", "unsupported", "same", "shared")
NAMES += ("message", "code", "functions", "ones", "typed", "iterates_sets", "leaves_only")
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**300, 10**301),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [*NAMES, "float64", "forward", "00" * 8, "0x1p+9999", "every-path", "\x1b[31m"]
    ),
)
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=30,
)


class Talker:
    """A child that says whatever it is given to say, to the right questions."""

    at_home, margin = False, 1.0

    def __init__(self, start: list[Any], replies: list[Any]) -> None:
        self.limits, self.spent = Limits(), 0.0
        self.start_, self.replies, self.lines = start, replies, list[bytes]()
        self.said = list[Any]()

    def start(self) -> Talker:
        self.said = [{"confined": True}, *self.start_]
        self.lines.clear()
        return self

    def stop(self) -> None:
        pass

    def tell(self, line: bytes) -> None:
        self.lines += line.splitlines()

    def answer(self, seconds: float, most: int) -> bytes:
        asked = json.loads(self.lines.pop(0))
        if self.said:
            return wire.to_line(self.said.pop(0))
        if not self.replies:
            raise Gone
        found = self.replies.pop(0)
        return wire.to_line({"id": asked["id"], **found} if isinstance(found, dict) else found)


REPLY = st.one_of(
    ANYTHING,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("trace", "output", "late", "id"), ANYTHING)),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(REPLY, max_size=4))
def test_a_reply_of_any_kind_is_a_trace_or_a_failure(replies: list[Any]) -> None:
    """And never an exception of the judge's, which would be a grader error and no mark."""
    case = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases")
    truth = Oracle("recorded").truth(case)
    talker: Any = Talker([{"imported": True}, {"ready": True}], replies)
    engine = RemoteEngine(talker, {})
    for _ in range(4):
        verdict = examined(engine, case, truth)
        json.dumps(mark("x", [(Question("x", case, truth), verdict)], "cases"))


@settings(deadline=None, max_examples=300)
@given(st.lists(ANYTHING, min_size=2, max_size=2))
def test_a_start_of_any_kind_is_an_engine_or_refused(start: list[Any]) -> None:
    talker: Any = Talker(start, [])
    try:
        RemoteEngine(talker, {})
    except Refused as error:
        assert str(error).replace("\n", "").isprintable()


def test_what_is_too_large_to_be_explained_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    case = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases")
    truth = Oracle("recorded").truth(case)
    wrong = replace(truth, gradients={**truth.gradients, "x": np.asarray(1.2345)})
    found = explain(judge(case, truth, wrong), "backward")
    assert found is not None and found.mistake.about != "unexplained"
    monkeypatch.setattr(diagnosis, "MOST_WORK", 2)
    found = explain(judge(case, truth, wrong), "backward")
    assert found is not None and found.mistake.about == "unexplained"
