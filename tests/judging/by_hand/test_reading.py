"""What is read of a backward pass."""

from __future__ import annotations

import pytest

from harness.engines.staged.running import run
from harness.judging.staged.judging import ByHand, judge
from harness.judging.staged.result import remarks

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


TRAINED = """import numpy as np
X = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.5]])
y = np.array([[0.0], [1.0], [0.4]])
w = np.array([[0.3, -0.8], [0.5, 0.2]])
v = np.array([[0.7], [-0.4]])
for step in range(100_000):
    h = np.tanh(X @ w)
    out = h @ v
    {loss}
    out_delta = y - out
    h_delta = out_delta @ v.T * (1 - h ** 2)
    v += 0.1 * h.T @ out_delta
    w += 0.1 * X.T @ h_delta
"""
LOSS = "loss = 0.5 * np.sum((y - out) ** 2)"


@pytest.mark.parametrize("loss", ["pass", LOSS])
def test_minus_the_gradient_is_read_where_it_is_added_and_a_long_loop_for_one_turn(
    loss: str,
) -> None:
    text = TRAINED.format(loss=loss)
    assert wrong(text) == []
    assert wrong(text.replace("(1 - h ** 2)", "(1 - h)")) == [(11, "wrong-rule")]
    said = list(remarks(judged(text)))
    assert len(said) == 2
    assert ("no loss" in said[0]) == (loss == "pass")
    descent = text.replace("+= 0.1", "-= 0.1")
    assert (wrong(descent) == [(10, "wrong-sign")]) == (loss == LOSS)


def test_a_loop_backward_through_time_is_no_training() -> None:
    text = """import numpy as np
x = np.array([0.3, -0.8, 1.1])
w = 0.7
h = [0.1]
for t in range(3):
    h.append(np.tanh(w * h[t] + x[t]))
f = h[3] * 2.0
dh = 2.0
dw = 0.0
for t in (2, 1, 0):
    slope = 1 - h[t + 1] ** 2
    dw += dh * slope * h[t]
    dh = dh * slope * w
"""
    verdict = judged(text)
    assert verdict.wrong == []
    assert not verdict.reading.cut


def test_the_forward_pass_may_be_run_again_at_other_numbers() -> None:
    text = """def loss(w, x):
    z = w * x
    return z * z, z

def back(w, x, z):
    dz = 2 * z
    return dz * x

w, x = 1.5, 0.4
f, z = loss(w, x)
dw = back(w, x, z)
print((loss(w + 1e-6, x)[0] - f) / 1e-6, dw)
"""
    assert wrong(text) == []
    assert judged(text).right == 2
    assert wrong(text.replace("dz * x", "dz * w")) == [(7, "wrong-rule")]
