"""Crashes are told by what was raised, in which line, and are never hidden behind anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engines.strange import ARRAYS, SCALARS, changed

from harness.engines.failures import raised
from harness.engines.trace import Failure
from harness.judging.plainly import unfolded
from harness.showing.findings import describe_finding
from harness.showing.lines import plain

Check = Callable[..., dict[str, Any]]

POWERS = f"""{SCALARS}
def power(x, y):
    y = Value.lift(y)
    out = Value(x.data ** y.data)
    out.parents = Slopes(x, y)
    return out


class Slopes:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __iter__(self):
        x, y = self.x, self.y
        if y.data != int(y.data):
            yield y, x.data ** y.data * maths.log(x.data)
        yield x, y.data * x.data ** (y.data - 1) / (y.data - 2)


Value.__pow__ = power
"""
"""A power whose backward lacks an import, and divides by zero."""

TURNED = changed(
    ARRAYS,
    (
        "    def sum(self):",
        """    def __matmul__(self, other):
        pulls = [(self, lambda g: g @ other.data), (other, lambda g: self.data.T @ g)]
        return Tensor(self.data @ other.data, pulls)

    def sum(self):""",
    ),
)
"""A matrix product whose backward forgets to transpose."""

LOGARITHM = "yield y, x.data ** y.data * maths.log(x.data)"

ROOTS = {
    "half": "inputs: {x: 2.25}\nexpr: x ** 0.5",
    "third": "inputs: {x: 8}\nexpr: x ** 0.25 + x",
    "tenth": "inputs: {x: 8}\nexpr: (x * x) ** 0.1",
    "zero": "inputs: {x: 3}\nexpr: x ** 2",
}


def test_each_exception_is_told_by_itself_with_the_line_that_raises_it(check: Check) -> None:
    found = check(POWERS, ROOTS)["findings"]
    assert [(one["op"], one["direction"], one["code"]) for one in found] == [
        ("pow", "backward", "crash")
    ] * 2
    assert [one["message"] for one in found] == [
        "NameError: name 'maths' is not defined",
        "ZeroDivisionError: float division by zero",
    ]
    assert [len(one["cases"]) for one in found] == [3, 1]
    line = 1 + POWERS.splitlines().index(f"            {LOGARITHM}")
    assert found[0]["place"] == f"mine.py:{line}: in __iter__: {LOGARITHM}"
    told = plain(describe_finding(1, found[0]))
    assert f"     mine.py:{line}: in __iter__: {LOGARITHM}\n" in told


def test_names_and_numbers_do_not_make_two_crashes_of_one(check: Check) -> None:
    text = changed(
        SCALARS,
        (
            "        return Value(self.data * other",
            "        self.looked_up(other)\n        return Value(self.data * other",
        ),
    )
    text += """
    def looked_up(self, other):
        if other.data > 2:
            raise KeyError(f"no entry {other.data:g} for 'x{other.data:g}'")
"""
    cases = {f"times{n}": f"inputs: {{x: 3, y: {n}}}\nexpr: x * y" for n in (3, 4, 5)}
    (found,) = check(text, cases)["findings"]
    assert (found["op"], found["direction"], len(found["cases"])) == ("mul", "forward", 3)


def test_one_line_that_fails_several_operations_is_one_finding(check: Check) -> None:
    text = changed(
        SCALARS,
        ("isinstance(x, Value) else Value(float(x))", "isinstance(x, Value) else Value(flaot(x))"),
    )
    cases = {
        "plus": "inputs: {x: 3}\nexpr: x + 2",
        "times": "inputs: {x: 3}\nexpr: x * 2",
    }
    (found,) = check(text, cases)["findings"]
    assert (found["op"], found["code"], len(found["cases"])) == ("engine", "crash", 2)
    assert found["message"] == "NameError: name 'flaot' is not defined (so with add, mul)"


def test_what_experiments_explain_is_no_crash_beside_it(check: Check) -> None:
    text = changed(
        ARRAYS, ("parent.grad = parent.grad + pull(node.grad)", "parent.grad += pull(node.grad)")
    )
    row, matrix = "x: [1, 2, 3]", "y: [[1, 0, 2], [2, 1, 1]]"
    cases = {
        "times": f"inputs: {{{row}, {matrix}}}\nexpr: x * y",
        "plus": f"inputs: {{{row}, {matrix}}}\nexpr: x + y",
        "both": f"inputs: {{{row}, {matrix}}}\nexpr: x * (x + y) * y",
    }
    (found,) = check(text, cases)["findings"]
    assert (found["op"], found["code"]) == ("engine", "missing-unbroadcast")
    assert found["message"].startswith("ValueError: non-broadcastable output operand")
    assert found["place"].endswith("parent.grad += pull(node.grad)") and len(found["cases"]) == 3


def test_a_crash_is_not_hidden_behind_another_mistake_of_the_operation(check: Check) -> None:
    text = changed(
        ARRAYS,
        (
            "        pulls = [(self, lambda g: g * other.data)",
            "        into = lambda g: 2 * (g @ other.data if g.ndim else g * other.data)\n"
            "        pulls = [(self, into)",
        ),
    )
    cases = {
        "numbers": "inputs: {x: 3, y: 2}\nexpr: x * y",
        "more": "inputs: {x: 3, y: 2}\nexpr: x * y + x",
        "matrix": "inputs: {x: [[1, 2, 3], [4, 5, 6]], y: [[1, 0, 2], [2, 1, 1]]}\nexpr: x * y",
    }
    found = check(text, cases)["findings"]
    assert {(one["op"], one["code"]) for one in found} == {("mul", "wrong-scale"), ("mul", "crash")}
    crash = next(one for one in found if one["code"] == "crash")
    assert crash["message"].startswith("ValueError: matmul: ")
    assert "g @ other.data if" in crash["place"]


def test_a_crash_has_lines_to_paste_and_check_shows_them(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(
        SCALARS, ("        out = math.exp(self.data)", "        out = math.epx(self.data)")
    )
    (found,) = check(text, {"grown": "inputs: {x: 2}\nexpr: exp(x)"})["findings"]
    assert found["repro"].splitlines()[-1].startswith("f = x.exp()")
    assert "module 'math' has no attribute 'epx'" in " ".join(found["repro"].split())
    out = capsys.readouterr().out
    assert re.search(
        r"\n     mine\.py:\d+: in exp: out = math\.epx\(self\.data\)\n   try it:\n", out
    )
    assert "       x = Value(2.0)\n       f = x.exp()" in out


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("KeyError: 'x3'", "KeyError: … at e.py:3"),
        ("ValueError: shapes (3,) (2,4) differ", "ValueError: shapes …differ at e.py:3"),
        (
            "ValueError: size 4 is different from 1e-5",
            "ValueError: size … is different from … at e.py:3",
        ),
        ("no end after 2 s of computing", ""),
    ],
)
def test_what_was_raised_is_told_without_names_and_numbers(message: str, told: str) -> None:
    failure = Failure("backward", None, message, ("e.py:1: in a: b", "e.py:3: in f: g(x)"))
    assert raised(failure) == told


def test_the_steps_that_stop_are_no_picture_of_nothing_wrong(
    check: Check, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from harness.cli import main

    check(POWERS, ROOTS)
    capsys.readouterr()
    assert main(["draw", "cases/half.yaml", "-o", "a.svg", "--engine", "mine.py"]) == 0
    assert "NameError: name 'maths' is not defined" in capsys.readouterr().out
    svg = (tmp_path / "a.svg").read_text()
    assert "Nothing is wrong" not in svg and "NameError" in svg


def test_crashes_are_the_mistake_that_shows_where_all_axes_are_of_one_length(check: Check) -> None:
    cases = {
        "square": "inputs: {x: [[1, 2], [3, 4]], y: [[0.5, 2], [1, 3]]}\nexpr: sum(x @ y)",
        "oblong": "inputs: {x: [[1, 2, 3], [3, 4, 5]], y: [[1], [2], [4]]}\nexpr: sum(x @ y)",
        "long": "inputs: {x: [[1, 2, 3]], y: [[1, 4], [2, 5], [4, 6]]}\nexpr: sum(x @ y)",
    }
    (finding,) = check(TURNED, cases)["findings"]
    assert (finding["op"], finding["code"]) == ("matmul", "wrong-permutation")
    assert len(finding["cases"]) == 3 and "not transposed" in finding["message"]


def test_one_line_that_stops_a_product_of_vectors_and_of_batches_is_one_crash(check: Check) -> None:
    right = changed(TURNED, ("g @ other.data", "g @ other.data.T"))
    cases = {
        "vectors": "inputs: {x: [1, 2, 3], y: [4, 5, 6]}\nexpr: x @ y",
        "matrix": "inputs: {A: [[1, 2], [3, 4], [5, 6]], y: [4, 5]}\nexpr: A @ y",
        "batches": "inputs: {A: {uniform: [-1, 1], shape: [2, 3, 4], seed: 1}, "
        "B: {uniform: [-1, 1], shape: [4, 5], seed: 2}}\nexpr: A @ B",
    }
    result = check(right, cases)
    found = [(one["op"], one["code"]) for one in result["findings"]]
    assert found == [("matmul", "crash")]


def test_of_two_that_explain_a_rule_alike_the_first_is_told(check: Check) -> None:
    mean = """    def mean(self):
        return Tensor(self.data.mean(), [(self, lambda g: np.ones_like(self.data) * g)])

    def sum(self):"""
    engine = changed(ARRAYS, ("    def sum(self):", mean))
    result = check(engine, {"mean": "inputs: {x: [1, 2, 4]}\nexpr: mean(x)"})
    (one,) = result["findings"]
    assert (one["op"], one["code"]) == ("mean", "wrong-scale") and "n forgotten" in one["message"]


def test_what_is_said_of_a_crash_is_what_its_lines_raise(check: Check) -> None:
    text = changed(
        SCALARS,
        (
            "        return Value(self.data * other",
            "        self.looked_up(other)\n        return Value(self.data * other",
        ),
    )
    text += """
    def looked_up(self, other):
        if other.data > 2:
            raise KeyError(f"no entry {other.data}")
"""
    cases = {f"times{n}": f"inputs: {{x: 3.25, y: {n}.125}}\nexpr: x * y" for n in (3, 4)}
    (found,) = check(text, cases)["findings"]
    assert unfolded(found["repro"]) == found["message"] == "KeyError: 'no entry 3.125'"
