"""Engines of float32: judged as such, told so once, and their mistakes found all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judging.conftest import Check
from sweeps import sweep
from truths import CASES, ROOT, case_at, short

from harness.engines.loading import load
from harness.judging import rounding
from harness.judging.examination import examine
from harness.judging.judge import judge
from harness.judging.oracle import computed
from harness.judging.precision import SINGLE, examined, in_single
from harness.judging.result import as_json
from harness.language.case import decode

ZOO = ROOT / "tests/zoo"
WIDE = 'self.data = data if data.dtype.kind == "f" else data.astype(np.float64)'
NARROW = "self.data = data.astype(np.float32)"
STYLES = {
    "arrays": (WIDE, NARROW),
    "rules": ('dtype=getattr(data, "dtype", None) or float)', "dtype=np.float32)"),
    "classes": ("dtype=np.asarray(data).dtype if np.ndim(data) else float", "dtype=np.float32"),
    "correct/static_methods": ("dtype=float)", "dtype=np.float32)"),
    "correct/engine_gradients": ("dtype=np.float64)", "dtype=np.float32)"),
}
SCALARS = """
import numpy as np

class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = np.FLOAT(data), np.FLOAT(0), back
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1), (other, 1)))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def __sub__(self, other): return self + other * -1
    def exp(self):
        out = np.exp(self.data)
        return Value(out, ((self, SLOPE),))
    def backward(self):
        order, stack, seen = [], [(self, False)], set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent, _ in node.back)
        for node in order:
            node.grad = np.FLOAT(0)
        self.grad = np.FLOAT(1)
        for node in reversed(order):
            for parent, slope in node.back:
                parent.grad += slope * node.grad
"""
GROWTH = {
    "growth": "inputs: {x: 0.7, y: -1.3}\nexpr: exp(x * y) * x + y",
    "cancels": "inputs: {x: 0.1, y: 700.3}\nexpr: (y * y + x) - y * y",
}


def _findings(path: Path, text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    path.write_text(text, encoding="utf-8")
    engine = load(str(path))
    judged = [(case.id, examined(engine, case, truth)) for case, truth in short()]
    found = as_json(path.name, judged)
    return found["findings"], found["remarks"]


@sweep("style", STYLES, always=1, sample=3)
def test_nothing_is_said_against_a_correct_engine_of_float32(style: str, tmp_path: Path) -> None:
    old, new = STYLES[style]
    text = (ZOO / f"{style}.py").read_text(encoding="utf-8")
    assert old in text
    findings, remarks = _findings(tmp_path / "single.py", text.replace(old, new))
    assert findings == []
    assert [remark["message"] for remark in remarks][:1] == [
        "the engine computes in float32: it is judged in float32, with its tolerance"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("out.grad * (1.0 - out.data**2)", "out.grad * (1.0 - out.data)"),
        ("out.grad / self.data)", "1.0 / self.data)"),
    ],
)
def test_mistakes_are_those_of_the_same_engine_in_float64(
    old: str, new: str, tmp_path: Path
) -> None:
    text = (ZOO / "arrays.py").read_text(encoding="utf-8")
    assert old in text and WIDE in text
    wrong = text.replace(old, new)
    told = [
        {(one["op"], one["direction"], one["code"]) for one in _findings(tmp_path / name, made)[0]}
        for name, made in (("double.py", wrong), ("single.py", wrong.replace(WIDE, NARROW)))
    ]
    assert told[0] == told[1] != set()


def test_scalars_of_float32_are_found_by_trying(check: Check) -> None:
    engine = SCALARS.replace("FLOAT", "float32")
    result = check(engine.replace("SLOPE", "out"), GROWTH)
    assert (result["findings"], result["exit"], result["score"]) == ([], 0, 2.0)
    assert [case["dtype"] for case in result["cases"]] == [SINGLE, SINGLE]
    wrong = check(engine.replace("SLOPE", "-out"), GROWTH)
    assert [(one["op"], one["code"]) for one in wrong["findings"]] == [("exp", "wrong-sign")]


def test_the_precision_can_be_forced(check: Check) -> None:
    engine = SCALARS.replace("FLOAT", "float32").replace("SLOPE", "out")
    forced = check(engine, GROWTH, "--dtype", "float64")
    assert {one["code"] for one in forced["findings"]} == {"precision"} and forced["exit"] == 1
    double = SCALARS.replace("FLOAT", "float64").replace("SLOPE", "out")
    result = check(double, GROWTH, "--dtype", "float32")
    assert result["findings"] == [] and {one["dtype"] for one in result["cases"]} == {SINGLE}


def test_one_operation_that_rounds_does_not_make_an_engine_of_float32(check: Check) -> None:
    rounds = SCALARS.replace("FLOAT", "float64").replace("SLOPE", "out")
    result = check(rounds.replace("np.exp(self.data)", "np.float32(np.exp(self.data))"), GROWTH)
    assert [(one["op"], one["code"]) for one in result["findings"]] == [("exp", "precision")]
    assert result["remarks"] == []


@pytest.mark.parametrize("by", ["torch", None])
def test_the_truth_in_float32_is_torchs_or_that_of_the_formulas(by: str | None) -> None:
    case = case_at(CASES / "lecture/staged.yaml")
    single, truth = in_single(case, computed(case), by)
    assert single.program.dtype == SINGLE and not truth.typed
    for name, array in computed(case).gradients.items():
        assert np.allclose(truth.gradients[name], array, 1e-5, 1e-7)
        assert np.array_equal(truth.gradients[name], truth.gradients[name].astype(SINGLE))


def test_what_float32_cannot_hold_is_not_judged(check: Check) -> None:
    engine = SCALARS.replace("FLOAT", "float32").replace("SLOPE", "out")
    large = {"large": "inputs: {x: 1e30}\nexpr: x * x", **GROWTH}
    (case,) = [c for c in check(engine, large)["cases"] if c["id"] == "cases/large.yaml"]
    assert case["status"] == "unsupported"
    assert case["reason"] == "float32 has no number of the size that float64 has here"


def test_rounding_is_as_large_as_what_cancels_and_no_jump_is_taken_for_it() -> None:
    path = ROOT / "cases/a.yaml"
    text = "about: a\ninputs: {x: [700.0, 700.3, 700.1]}\nexpr: EXPR\n"
    var = decode(text.replace("EXPR", "var(x)"), path).program
    values = {"x": np.array([700.0, 700.3, 700.1])}
    size = max(float(rounding.of_value(var, var.steps[0], values, p)) for p in rounding.PATTERNS)
    assert size > 100 * float(np.var(values["x"], ddof=1))
    tie = decode("about: a\ninputs: {x: [1.5], y: [1.5]}\nexpr: maximum(x, y)\n", path).program
    equal = {"x": np.array([1.5]), "y": np.array([1.5]), "f": np.array([1.5])}
    for pattern in rounding.PATTERNS:
        moved = rounding.of_contribution(tie, tie.steps[0], 0, equal, np.ones(1), pattern)
        assert abs(float(moved[0])) < 1.6


def test_a_gradient_in_another_precision_than_its_value_is_told() -> None:
    case = case_at(CASES / "arrays/single_precision_max.yaml")
    truth = computed(case)
    wide = {name: array.astype(float) for name, array in truth.gradients.items()}
    wide["f"] = truth.gradients["f"]
    verdict = judge(case, truth, type(truth)(truth.values, wide))
    (finding,) = as_json("a", [("max", verdict)])["findings"]
    assert (finding["op"], finding["code"], finding["direction"]) == (
        "max",
        "precision",
        "backward",
    )
    assert finding["message"] == "the gradient is float64, and its value float32"


def test_a_grade_is_shown_in_the_precision_that_it_was_given_in(tmp_path: Path) -> None:
    from harness.grading.marking import mark, verdict_of
    from harness.grading.suite import read

    (tmp_path / "mine.py").write_text(SCALARS.replace("FLOAT", "float32").replace("SLOPE", "-out"))
    (tmp_path / "growth.yaml").write_text(f"about: a\n{GROWTH['growth']}\n")
    (question,) = read([str(tmp_path)], oracle="torch").questions
    verdict = examined(load(str(tmp_path / "mine.py")), question.case, question.truth)
    (case,) = json.loads(json.dumps(mark("ann", [(question, verdict)], "cases")))["cases"]
    assert case["dtype"] == SINGLE
    again = verdict_of(question, case)
    assert again.directions["forward"] == verdict.directions["forward"]
    assert examine(load(str(tmp_path / "mine.py")), question.case, question.truth).forward != (
        again.forward
    )
