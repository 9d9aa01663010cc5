"""What is read of a backward pass."""

from __future__ import annotations

from harness.engines.staged.running import run
from harness.judging.staged.judging import ByHand, judge

STEP = """import numpy as np
x = np.array([0.3, -0.8, 1.1])
c = np.tanh(x)
h = c * np.array([1.5, 0.2, -0.7])
dh = np.array([0.4, 1.3, -0.2])
dc_next = np.array([-0.6, 0.1, 0.9])
dc = dh * np.array([1.5, 0.2, -0.7]) + dc_next
dx = dc * (1 - c ** 2)
"""


def judged(text: str) -> ByHand:
    return judge("code.py", text, run(text, "code.py", {}), {})


def wrong(text: str) -> list[tuple[int, str]]:
    return [(line.event.line, line.code) for line in judged(text).wrong]


def test_gradients_may_be_given_to_several_outputs() -> None:
    assert judged(STEP).right == 2
    assert wrong(STEP) == []
    assert [line for line, _ in wrong(STEP.replace("+ dc_next", "- dc_next"))] == [7]


def test_a_text_filled_in_is_shown_and_computes_nothing() -> None:
    assert wrong(STEP + 'print("%.3f %d" % (dx.sum(), dx.size), "%s" % h)\n') == []


def test_what_numpy_adds_in_place_is_a_line() -> None:
    text = """import numpy as np
E = np.array([0.4, -1.2, 0.7])
y = E[[0, 2, 0]]
loss = (y ** 2).sum()
dy = 2 * y
dE = np.zeros_like(E)
np.add.at(dE, [0, 2, 0], dy)
"""
    assert wrong(text) == []
    assert wrong(text.replace("0], dy", "0], -dy")) == [(7, "wrong-sign")]


def test_a_function_below_may_use_the_names_again() -> None:
    check = "def f(x):\n    return x * 2\nprint(f(x + 1e-6))\n"
    assert judged(STEP + check).right == 2
