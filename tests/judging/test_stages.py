"""An engine in the making: what is there is judged, and what is not is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from judging.conftest import Check

from harness.engines.loading import EngineError, load

FORWARD = """
import math

class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        return Value(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))
    def __mul__(self, other):
        return Value(self.data * other.data,
            ((self, lambda g: g * other.data), (other, lambda g: g * self.data)))
    def exp(self):
        return Value(math.exp(self.data), ((self, self.exp_back),))
    def exp_back(self, g):
        raise NotImplementedError("later")
"""
BACKWARD = """
    def backward(self, grad=1.0):
        order, seen = [], set()
        def visit(node):
            if node not in seen:
                seen.add(node)
                [visit(parent) for parent, _ in node.back]
                order.append(node)
        visit(self)
        for node in order:
            node.grad = 0.0
        self.grad = grad
        for node in reversed(order):
            for parent, pull in node.back:
                parent.grad += pull(node.grad)
"""
CASES = {
    "sum": "inputs: {x: 0.7, y: -1.5}\nexpr: x + y * x",
    "growth": "inputs: {x: 0.7, y: -1.5}\nexpr: exp(x * y)",
    "absent": "inputs: {x: 0.7}\nexpr: tanh(x)",
}
STAGES = {
    "absent": "",
    "pass": "    def backward(self): pass\n",
    "dots": "    def backward(self, grad=None): ...\n",
    "raises": "    def backward(self):\n        raise NotImplementedError\n",
}


def _case(result: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [case for case in result["cases"] if case["id"] == f"cases/{name}.yaml"]
    assert isinstance(found, dict)
    return found


def _states(case: dict[str, Any]) -> tuple[str, ...]:
    return case["status"], *(one["status"] for one in case["passes"].values())


@pytest.mark.parametrize("stage", STAGES)
def test_without_a_backward_the_forward_passes_are_judged(check: Check, stage: str) -> None:
    result = check(FORWARD + STAGES[stage], CASES)
    total = _case(result, "sum")
    assert _states(total) == ("unsupported", "passed", "unsupported")
    assert total["score"] == 0.5 and total["reason"].startswith("the engine has no backward")
    assert {step["forward"] for step in total["steps"]} == {"agrees"}
    assert _case(result, "absent")["score"] == 0.0
    assert (result["score"], result["exit"], result["findings"]) == (1.0, 0, [])
    assert result["missing"] == [
        {"what": "tanh", "cases": ["cases/absent.yaml"]},
        {"what": "backward", "cases": ["cases/growth.yaml", "cases/sum.yaml"]},
    ]


def test_a_wrong_forward_is_found_before_there_is_a_backward(check: Check) -> None:
    wrong = FORWARD.replace("math.exp(self.data)", "math.exp(-self.data)")
    result = check(wrong + STAGES["pass"], CASES)
    assert _states(_case(result, "growth")) == ("failed", "failed", "unsupported")
    (finding,) = result["findings"]
    assert (finding["op"], finding["direction"], result["exit"]) == ("exp", "forward", 1)


def test_a_crash_forward_is_no_crash_of_a_backward_that_is_not_there(check: Check) -> None:
    wrong = FORWARD.replace("math.exp(self.data)", "{}[1]")
    case = _case(check(wrong + STAGES["pass"], CASES), "growth")
    assert _states(case) == ("failed", "failed", "unsupported")


def test_an_operation_without_a_backward_costs_the_cases_that_use_it(check: Check) -> None:
    result = check(FORWARD + BACKWARD, CASES)
    assert _states(_case(result, "sum")) == ("passed", "passed", "passed")
    growth = _case(result, "growth")
    assert _states(growth) == ("unsupported", "passed", "unsupported")
    assert growth["reason"] == "the engine has no backward of exp (later)"
    assert {"what": "backward of exp", "cases": ["cases/growth.yaml"]} in result["missing"]


def test_a_backward_that_does_too_little_is_wrong_and_not_absent(check: Check) -> None:
    result = check(FORWARD + "    def backward(self):\n        self.grad = 1.0\n", CASES)
    assert _states(_case(result, "sum")) == ("failed", "passed", "failed")


def test_an_empty_skeleton_is_told_what_to_build(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    skeleton = """
class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0
    def __add__(self, other): ...
    def __mul__(self, other):
        '''self times other'''
    def exp(self):
        raise NotImplementedError
    def tanh(self):
        pass
    def backward(self):
        pass
"""
    result = check(skeleton, CASES)
    assert (result["exit"], result["score"], result["findings"]) == (2, 0.0, [])
    assert [lack["what"] for lack in result["missing"]] == ["tanh", "x * y"]
    told = capsys.readouterr()
    assert "not judged in full: 3 cases. Next to build: tanh: 1 case; x * y: 2\n" in told.out
    assert "nothing was judged: the engine lacks an operation of every case" in told.err


def test_a_forgotten_return_is_no_empty_body(check: Check) -> None:
    wrong = FORWARD.replace("return Value(math.exp", "Value(math.exp")
    (finding,) = check(wrong + BACKWARD, CASES)["findings"]
    assert (finding["op"], finding["code"]) == ("exp", "crash")


@pytest.mark.parametrize("body", ["...", "raise NotImplementedError"])
def test_a_constructor_that_keeps_nothing_comes_first(body: str, tmp_path: Path) -> None:
    path = tmp_path / "student.py"
    path.write_text(f"class Value:\n    def __init__(self, data): {body}\n    def exp(self): ...\n")
    with pytest.raises(EngineError, match=r"still empty: let Value\(2.0\) keep its number first"):
        load(str(path))


def test_an_engine_of_its_inputs_is_told_so_once_also_where_a_step_leads_nowhere(
    check: Check,
) -> None:
    frees = (
        BACKWARD
        + "        for node in order:\n            node.grad = None if node.back else node.grad\n"
    )
    idle = {"idle": "inputs: {x: 0.7}\nsteps: {a: x + x, f: x * x}", "sum": CASES["sum"]}
    result = check(FORWARD + frees, idle)
    assert [case["status"] for case in result["cases"]] == ["passed", "passed"]
    (remark,) = result["remarks"]
    assert "leaves only" in remark["message"] and len(remark["cases"]) == 2
