"""Backward passes in classes: what is read as one, and what objects keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engines.staged.running import run
from harness.judging.staged.judging import ByHand, judge
from harness.judging.staged.recognition import is_staged

RIGHT = Path(__file__).parent / "right"
LAYER = """import numpy as np

class Scale:
    def __init__(self, w):
        self.w = w
        self.dw = np.zeros_like(w)

    def forward(self, x):
        self.x = x
        return x * self.w

    def backward(self, dout):
        self.dw += dout * self.x
        return dout * self.w
"""
USED = """
first, second = Scale(np.array([0.5, -2.0])), Scale(np.array([1.5, 0.3]))
x = np.array([3.0, 0.7])
y = second.forward(first.forward(x))
loss = (y ** 2).sum()
dout = 2 * y
dx = first.backward(second.backward(dout))
"""


def judged(text: str) -> ByHand:
    return judge("code.py", text, run(text, "code.py", {}), {})


def wrong(text: str) -> list[tuple[int, str]]:
    return [(line.event.line, line.code) for line in judged(text).wrong]


@pytest.mark.parametrize("path", sorted(RIGHT.glob("class_*.py")), ids=lambda path: path.stem)
def test_classes_that_are_used_are_staged_code(path: Path) -> None:
    assert is_staged(path.read_text())


def test_classes_that_nothing_uses_and_those_with_operators_are_engines() -> None:
    assert is_staged(LAYER + USED)
    assert not is_staged(LAYER)
    assert not is_staged(f"{LAYER}\n    def __mul__(self, other):\n        return self\n{USED}")
    assert not is_staged(f"{LAYER}\n\ndef add(a, b): ...\ndef mul(a, b): ...\n{USED}")


def test_what_main_runs_is_staged_code_and_what_is_given_something_is_none() -> None:
    body = "    x = 2.0\n    h = x * x\n    dh = 1.0\n    dx = 2 * x * dh\n    return dx\n"
    assert is_staged(f"def main():\n{body}\nmain()\n")
    assert not is_staged(f"def run(y):\n{body}\nprint(run(3))\n")


def test_each_object_has_gradients_of_its_own() -> None:
    verdict = judged(LAYER + USED)
    steps = {line.event.step for line in verdict.lines if line.event.name == "self.dw"}
    assert verdict.right == len(verdict.by_line)
    assert len(steps) == 2


def test_a_wrong_line_of_a_method_is_named() -> None:
    assert wrong(LAYER.replace("dout * self.x", "dout") + USED) == [(13, "wrong-rule")]
    assert wrong(LAYER.replace("return dout * self.w", "return dout + self.w") + USED) == [
        (14, "wrong-rule")
    ]
    assert wrong(LAYER.replace("self.dw += dout * self.x", "pass") + USED) == [
        (6, "missing-term"),
    ]


def test_what_a_function_returns_in_a_dictionary_is_told_there() -> None:
    text = """import numpy as np

def backward(h, up):
    return {
        "dw": up * h,
        "db": up * 1,
    }

h = np.array([1.0, 2.0])
w, b = np.array([0.5, 3.0]), np.array([0.1, 0.2])
loss = (w * h + b).sum()
grads = backward(h, np.ones(2))
"""
    assert wrong(text) == []
    assert wrong(text.replace("up * 1", "up * 3")) == [(6, "wrong-scale")]
