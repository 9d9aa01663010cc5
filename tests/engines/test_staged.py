"""Staged code is run as it is, and every value of it knows where it comes from."""

from __future__ import annotations

import numpy as np
import pytest

from harness.engines.staged.nodes import Node, Recording
from harness.engines.staged.running import run


def recorded(text: str, **inputs: float) -> Recording:
    return run(text, "code.py", inputs)


def last(recording: Recording, name: str) -> Node:
    assert recording.stopped is None, recording.stopped
    node = [write.node for write in recording.writes if write.name == name][-1]
    assert node is not None
    return node


NUMPY = """import numpy as np
x = np.arange(6.0).reshape(2, 3) + 1
y = np.array([[1.0, -2], [3, 4], [0, 2]])
"""


@pytest.mark.parametrize(
    "expression",
    [
        "x @ y", "np.dot(x, y)", "x.T", "np.transpose(x)", "x[:, 1:]", "x[[0, 0], [1, 2]]",
        "x[x > 2]", "np.sum(x, axis=0)", "x.mean(1, keepdims=True)", "x.max(axis=1)",
        "np.var(x, axis=0)", "np.std(x, ddof=1)", "np.concatenate([x, x], 1)", "np.stack([x, x])",
        "np.vstack([x, x[0]])", "np.tile(x, (2, 1))", "np.repeat(x, 2, axis=1)", "np.roll(x, 1, 0)",
        "np.where(x > 2, x, 0.5)", "np.clip(x, 2, 4)", "np.maximum(0, x - 3)",
        "np.outer(x[0], x[1])",
        "np.einsum('ij,jk->ik', x, y)", "np.linalg.norm(x)", "np.pad(x, ((0, 1), (2, 0)))",
        "np.trace(y[:2])", "np.diag(y[:2])", "x.reshape(-1)", "x.ravel()[::-1]",
        "1 / (1 + np.exp(-x))",
        "np.log(x) ** 2", "abs(x - 3)", "np.tril(y[:2])", "np.array([x[0, 0], x[1, 1]])", "sum(x)",
        "np.sqrt(x).cumsum(axis=1)", "np.expand_dims(x, 1)", "x[None]", "np.squeeze(x[:1])",
        "np.broadcast_to(x[0], (4, 3))", "np.swapaxes(x, 0, 1)", "np.flip(x, 1)", "np.prod(x)",
    ],
)  # fmt: skip
def test_values_are_numpy_s(expression: str) -> None:
    own: dict[str, object] = {}
    exec(f"{NUMPY}z = {expression}\n", own)
    node = last(recorded(f"{NUMPY}z = {expression}\n"), "z")
    np.testing.assert_allclose(node.value, np.asarray(own["z"]), 1e-12)


def test_a_write_in_place_changes_every_name_of_an_array() -> None:
    text = "import numpy as np\na = np.ones(3)\nb = a\nb += 1\nc = a * 1\n"
    assert last(recorded(text), "c").value.tolist() == [2, 2, 2]


def test_a_write_to_a_part_is_recorded() -> None:
    text = "import numpy as np\nx = np.ones(2)\no = np.zeros((2, 2))\no[1] = x * 3\no[0, 0] += 1\n"
    node = last(recorded(text), "o")
    assert node.value.tolist() == [[1, 0], [3, 3]]
    assert node.op == "store"


def test_inputs_take_the_place_of_what_the_code_assigns() -> None:
    recording = recorded("x = 3\ny = x * x\n", x=5.0)
    assert last(recording, "y").value == 25
    computed = recorded("x = 3\ny = x * x\n", y=5.0)
    assert computed.refused
    assert computed.stopped == (2, "'y' is computed here, and cannot be given as well")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import torch\nz = torch.zeros(2).backward()", "autograd"),
        ("import torch\nz = torch.fft(x)", "torch.fft is not followed"),
        ("z = int(x)", "no whole number"),
        ("import numpy as np\nz = np.float64(x)", "leaves the recording"),
    ],
)
def test_what_is_not_followed_is_refused_with_its_line(line: str, told: str) -> None:
    recording = recorded(f"x = 2.5\n{line}\n")
    assert recording.refused
    assert recording.stopped is not None
    assert recording.stopped[0] == 2 + line.count("\n")
    assert told in recording.stopped[1]


def test_code_that_fails_is_told_with_its_line_and_what_was_written_stays() -> None:
    recording = recorded("import math\nx = 2\ny = math.log(x - 2)\n")
    assert recording.stopped == (3, "ValueError: math domain error")
    assert not recording.refused
    assert [write.name for write in recording.writes] == ["x"]


def test_float_and_branches_are_followed() -> None:
    recording = recorded("x = 2\ny = float(x) * 3\nif y > 5:\n    z = y * x\n")
    assert last(recording, "z").op == "same"
    assert last(recording, "z").value == 12
