"""Parts with a forward and a backward pass each are put together, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import ROW, accused, judged, written

from harness.engines.engine import Engine
from harness.engines.forms import PartsEngine
from harness.engines.loading import EngineError, load

GATES = """
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz, dz]

class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return [dz * self.y, dz * self.x]
"""

KINDS = {
    "gates that remember their operands": GATES,
    "layers that are given their operands again": """
class Add:
    def forward(self, x, y):
        return x + y

    def backward(self, x, y, dz):
        return dz, dz

class Mul:
    def forward(self, x, y):
        return x * y

    def backward(self, x, y, dz):
        return dz * y, dz * x
""",
    "functions that give their way back": """
def add(x, y):
    return x + y, lambda dout: (dout, dout)

def multiply(x, y):
    def back(dout):
        return dout * y, dout * x
    return x * y, back
""",
    "two functions with a cache between them": """
def add_forward(x, y):
    return x + y, None

def add_backward(dout, cache):
    return dout, dout

def mul_forward(x, y):
    return x * y, (x, y)

def mul_backward(dout, cache):
    x, y = cache
    return dout * y, dout * x
""",
}

SIGMOID = """
import numpy as np

class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)
"""

WAYS_BACK = {
    "a layer that is called, and has grad": (
        SIGMOID.replace("def forward", "def __call__").replace("def backward", "def grad"),
        "out * (1",
    ),
    "a layer that is made of a tape": (
        SIGMOID.replace(
            "def forward", "def __init__(self, tape):\n        self.tape = tape\n\n    def forward"
        )
        + "\nclass Tape:\n    pass\n",
        "out * (1",
    ),
    "the derivative at the operand": (
        """
from math import exp

class Sigmoid:
    def __call__(self, x):
        return 1 / (1 + exp(-x))

    def gradient(self, x):
        return self(x) * (1 - self(x))
""",
        "(x) * (1",
    ),
    "a function beside it, given the result": (
        """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sigmoid_prime(a):
    return a * (1 - a)
""",
        "a * (1",
    ),
    "a function beside it, given the upstream gradient first": (
        """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def d_sigmoid(delta, z):
    return delta * sigmoid(z) * (1 - sigmoid(z))
""",
        "(z) * (1",
    ),
    "a way back that tells by name": (
        """
import numpy as np

def sigmoid(z):
    out = 1 / (1 + np.exp(-z))
    return out, lambda upstream: {"z": upstream * out * (1 - out)}
""",
        "out * (1",
    ),
}
"""Texts, and of each what is right in its derivative: with another sign it is wrong."""


def parts(folder: Path, text: str) -> Engine:
    """The engine of parts in a file of that text."""
    engine = load(written(folder, text))
    assert isinstance(engine, PartsEngine)
    return engine


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_part_is_found_and_agrees(kind: str, tmp_path: Path) -> None:
    assert judged(parts(tmp_path, KINDS[kind]), "(x + y) * x").status == "passed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_part_is_found_guilty(kind: str, tmp_path: Path) -> None:
    wrong = KINDS[kind].replace("dz * y", "dz").replace("dz * self.y", "dz")
    assert accused(judged(parts(tmp_path, wrong.replace("dout * y", "dout")), "x * y + y")) == {
        "mul"
    }


@pytest.mark.parametrize("way", WAYS_BACK)
def test_what_the_way_back_is_given_is_found_by_trying(way: str, tmp_path: Path) -> None:
    text, slope = WAYS_BACK[way]
    assert judged(parts(tmp_path, text), "sigmoid(sigmoid(x))").status == "passed"
    wrong = text.replace(f"{slope} -", f"{slope} +")
    assert accused(judged(parts(tmp_path, wrong), "sigmoid(sigmoid(x))")) == {"sigmoid"}


def test_what_comes_back_to_one_wire_from_two_parts_is_added_up(tmp_path: Path) -> None:
    assert judged(parts(tmp_path, GATES), "x * x + x * y").status == "passed"


def test_a_part_of_arrays_makes_an_engine_of_arrays(tmp_path: Path) -> None:
    engine = parts(tmp_path, GATES + SIGMOID)
    assert judged(engine, "inputs: {x: [0.5, -1.5]}\nexpr: sigmoid(x) * x\n").status == "passed"
    assert judged(parts(tmp_path, GATES), ROW).status == "unsupported"


def test_gates_that_undo_no_broadcasting_lack_it(tmp_path: Path) -> None:
    text = "inputs: {x: [0.5, -1.5], y: 2.0}\nexpr: sigmoid(x) * y\n"
    verdict = judged(parts(tmp_path, GATES + SIGMOID), text)
    assert verdict.note == "the engine has no mul with broadcasting"


def test_a_module_of_plain_functions_has_no_parts(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no class called"):
        load(written(tmp_path, "def mul(x, y):\n    return x * y\n"))


def test_an_adapter_names_parts_that_are_not_found(tmp_path: Path) -> None:
    written(tmp_path, GATES.replace("AddGate", "Plus1").replace("MultiplyGate", "Times1"), "gates")
    text = """
import gates
from harness.engines.forms import PartsEngine

class Adapter(PartsEngine):
    operations = {"add": gates.Plus1, "mul": gates.Times1}
"""
    assert judged(load(written(tmp_path, text, "adapter")), "(x + y) * x").status == "passed"
