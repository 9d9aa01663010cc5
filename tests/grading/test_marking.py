"""Marks mean an engine: what counts as right in itself, earlier mistakes carried forward."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.grading.marking import carried_forward, mark, verdict_of
from harness.grading.suite import Question, read
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.judge import judge
from harness.vocabulary.program import Array

QUESTIONS = read(["cases"], oracle="recorded").questions[::9]
TRACES = {question.id: load("minigrad").run(question.case.program) for question in QUESTIONS}


def has_no_zeros(truth: Trace) -> bool:
    """Whether zero is a wrong answer everywhere."""
    parts = truth.values, truth.gradients, truth.second
    return all(np.all(array) for part in parts for array in part.values())


WITHOUT_ZEROS = tuple(question for question in QUESTIONS if has_no_zeros(question.truth))


def asked(number: float) -> Sequence[Question]:
    """Those to which ``number`` is a wrong answer."""
    return WITHOUT_ZEROS if number == 0 else QUESTIONS


def filled(numbers: Mapping[str, Array], number: float) -> dict[str, Array]:
    """Numbers of the same shapes, all of them ``number``."""
    kept = {name for name, array in numbers.items() if array.dtype.kind != "f"}
    return {n: a if n in kept else np.full_like(a, number) for n, a in numbers.items()}


def share(change: Callable[[Trace], Trace], questions: Sequence[Question] = QUESTIONS) -> float:
    """The part of all points that minigrad's traces get after a change."""
    points = sum(question.case.points for question in questions)
    scores = (
        carried_forward(judge(question.case, question.truth, change(TRACES[question.id])))
        for question in questions
    )
    return sum(scores) / points


def test_a_right_engine_has_full_marks() -> None:
    assert share(lambda trace: trace) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("number", [np.nan, np.inf, 0.0])
def test_numbers_that_say_nothing_earn_nothing(number: float) -> None:
    def change(trace: Trace) -> Trace:
        parts = trace.values, trace.gradients, trace.second
        values, gradients, second = (filled(part, number) for part in parts)
        return replace(trace, values=values, gradients=gradients, second=second)

    assert share(change, asked(number)) < 0.05  # a number that is right by chance, as 0 / 0 is nan


@pytest.mark.parametrize("number", [np.nan, np.inf, 0.0])
def test_a_backward_pass_without_numbers_earns_no_more_than_none(number: float) -> None:
    without = share(lambda trace: replace(trace, gradients={}, second={}), asked(number))

    def change(trace: Trace) -> Trace:
        gradients, second = filled(trace.gradients, number), filled(trace.second, number)
        return replace(trace, gradients=gradients, second=second)

    assert share(change, asked(number)) < without + 0.02 < 0.53


def test_what_nothing_can_be_computed_from_shows_nothing() -> None:
    """Every value has an axis too many: no step can be held against its operands."""

    def change(trace: Trace) -> Trace:
        return replace(trace, values={name: array[None] for name, array in trace.values.items()})

    gradients = share(lambda trace: replace(trace, values=filled(trace.values, np.nan)))
    assert share(change) <= gradients + 0.02  # these are right, and the masks are


def test_a_step_that_is_right_for_wrong_operands_counts() -> None:
    question = next(q for q in QUESTIONS if q.id.startswith("cases/models/"))
    trace = TRACES[question.id]
    first, *later = question.case.program.steps
    values = dict(trace.values)
    values[first.name] = values[first.name] + 1.0
    wrong = judge(question.case, question.truth, replace(trace, values=values, gradients={}))
    values[later[0].name] = values[later[0].name] * 1.5
    worse = judge(question.case, question.truth, replace(trace, values=values, gradients={}))
    assert 0.0 < carried_forward(wrong) < question.case.points / 2
    assert carried_forward(worse) <= carried_forward(wrong)


WRONG_BELOW = """\
class Value:
    def __init__(self, data, made=()):
        self.data, self.grad, self.made = data, 0.0, made
    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
    def __truediv__(self, other):
        made = [(self, 1 / other.data), (other, self.data / other.data**2)]
        return Value(self.data / other.data, made)
    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.made:
            parent.backward(local * upstream)
"""


def test_what_experiments_have_shown_is_told_again_without_the_engine(tmp_path: Path) -> None:
    """Else the page of a student blames what only takes part: here ``add``, beside ``div``."""
    (tmp_path / "mine.py").write_text(WRONG_BELOW)
    (tmp_path / "own.yaml").write_text("about: a\ninputs: {x: 1.5, y: -0.7}\nexpr: x / y + y\n")
    (question,) = read([str(tmp_path)], oracle="torch").questions
    verdict = examine(load(str(tmp_path / "mine.py")), question.case, question.truth)
    (case,) = json.loads(json.dumps(mark("ann", [(question, verdict)], "cases")))["cases"]
    again = verdict_of(question, case)
    assert again.shown == verdict.shown != {}
    first, second = explain(verdict, "backward"), explain(again, "backward")
    assert first is not None and second is not None
    assert first.mistake == second.mistake and first.mistake.op == "div"
