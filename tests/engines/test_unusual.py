"""Engines that are unusual, and right: understood as they are, or not at all, and never accused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from harness.engines.adapter import ObjectEngine
from harness.engines.loading import EngineError, load
from harness.engines.writing.script import Asked
from harness.language import suite
from harness.vocabulary.program import Program, Step

SCALAR = """
class Knoten:
    def __init__(self, zahl, aus=()):
        self.zahl, self.grad, self.aus = NUMBER(zahl), 0, aus
    def __add__(self, other):
        other = t(other)
        return Knoten(self.zahl + other.zahl, [(self, 1), (other, 1)])
    def __mul__(self, other):
        other = t(other)
        return Knoten(self.zahl * other.zahl, [(self, other.zahl), (other, self.zahl)])
    __radd__, __rmul__ = __add__, __mul__
    def backward(self, seed=1):
        self.grad = self.grad + NUMBER(seed)
        for knoten, faktor in self.aus:
            knoten.backward(faktor * NUMBER(seed))

def t(x):
    return x if isinstance(x, Knoten) else Knoten(x)
"""

ARRAYS = """
import numpy as np

class Tensor:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = np.asarray(data, float), None, back
    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data)
    def softmax(self):
        e = np.exp(self.data - self.data.max())
        return Tensor(e / e.sum())
    def transpose(self, axes=None):
        a, b = axes or (-1, -2)
        return Tensor(np.swapaxes(self.data, a, b))
    def backward(self, seed=None):
        self.grad = seed
"""

SYMBOLS = """
class Variable:
    def __init__(self, name=None):
        self.name = name
    def __mul__(self, other):
        return Variable()

def grad(cost, wrt):
    return Variable()
"""

GETTER = """
def times(x, y):
    return (x[0] * y[0], x, y)

def grad(node):
    return node[1]
"""


def written(folder: Path, text: str) -> str:
    path = folder / "student.py"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("number", ["float", "Fraction", "Decimal"])
def test_the_only_class_is_the_engine_whatever_it_and_its_numbers_are(
    number: str, tmp_path: Path
) -> None:
    head = "from decimal import Decimal\nfrom fractions import Fraction\n"
    engine = load(written(tmp_path, head + SCALAR.replace("NUMBER", number)))
    trace = engine.run(suite.one("cases/scalars/x_plus_x").load().program)
    assert trace.failure is None
    assert trace.gradients["x"] == pytest.approx(2.0)


def test_a_function_of_one_letter_is_no_operation(tmp_path: Path) -> None:
    engine = load(written(tmp_path, SCALAR.replace("NUMBER", "float")))
    assert engine.place_of("transpose") == "missing"


def test_an_engine_of_arrays_need_not_have_a_sum(tmp_path: Path) -> None:
    assert load(written(tmp_path, ARRAYS)).takes_arrays


def test_two_axes_that_are_exchanged_are_no_order_of_all(tmp_path: Path) -> None:
    engine = load(written(tmp_path, ARRAYS))
    step = Step("f", "transpose", ("x",), {"axis0": 0, "axis1": 2})
    turned = engine.apply(step, [engine.wrap(np.zeros((2, 3, 4)))])
    assert engine.value(turned).shape == (4, 3, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SYMBOLS, "class Variable: the results of its operations hold no number yet"),
        (GETTER, "no class called Tensor"),
    ],
)
def test_what_is_not_understood_is_not_judged(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"{told}.*harness adapt"):
        load(written(tmp_path, text))


TREE = """
import math

class Expression:
    partial = 0.0
    def __add__(self, other): return Plus(self, wrap(other))
    def __mul__(self, other): return Times(self, wrap(other))

def wrap(x):
    return x if isinstance(x, Expression) else Variable(x)

class Variable(Expression):
    def __init__(self, value): self.value = value
    def derive(self, seed): self.partial += seed

class Plus(Expression):
    def __init__(self, a, b): self.a, self.b, self.value = a, b, a.value + b.value
    def derive(self, seed):
        self.partial += seed
        self.a.derive(seed)
        self.b.derive(seed)

class Times(Expression):
    def __init__(self, a, b): self.a, self.b, self.value = a, b, a.value * b.value
    def derive(self, seed):
        self.partial += seed
        self.a.derive(seed * self.b.value)
        self.b.derive(seed * self.a.value)

class Exp(Expression):
    def __init__(self, a): self.a, self.value = a, math.exp(a.value)
    def derive(self, seed):
        self.partial += seed
        self.a.derive(seed * self.value)
"""
"""An engine whose nodes are of a class for each operation, with a base in common; backward has a
name of its own, and wants its seed."""


def test_node_classes_are_operations_and_no_other_engines(tmp_path: Path) -> None:
    engine = load(written(tmp_path, TREE))
    assert isinstance(engine, ObjectEngine)
    assert not any("more than one engine" in note for note in engine.notes)
    assert engine.place_of("exp") == "class, Exp(…)"
    assert engine.conventions.gradient == ("partial",)
    steps = (
        Step("p", "mul", ("x", "y")),
        Step("q", "exp", ("p",)),
        Step("f", "add", ("q", "x")),
    )
    trace = engine.run(Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypqf", ()), 1.0))
    assert trace.gradients["x"] == pytest.approx(2 * math.e + 1)


GENERATIONS = """
import numpy as np

class Variable:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = np.asarray(data), None, parents

    def __mul__(self, other):
        return Variable(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self):
        if self.grad is None:
            self.grad = np.ones_like(self.data)
        for parent, local in self.parents:
            assert self.grad.ndim == local.ndim
            parent.grad = self.grad * local
            parent.backward()
"""


def test_a_seed_is_an_array_where_values_are(tmp_path: Path) -> None:
    engine = load(written(tmp_path, GENERATIONS))
    steps = (Step("f", "mul", ("x", "y")),)
    trace = engine.run(Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xyf", ()), 1.0))
    assert trace.failure is None
    assert trace.gradients["x"] == 2.0


BY_LEAVES = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.slope, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def order(self):
        found = [self]
        for node in found:
            found.extend(parent for parent, _ in node.parents)
        return found

    def backward(self, leaves):
        for leaf in leaves:
            if leaf.parents or leaf not in self.order():
                raise KeyError("no leaf of this graph")
        self.pass_on(1.0)

    def pass_on(self, slope):
        self.slope += slope
        for parent, local in self.parents:
            parent.pass_on(slope * local)
"""
"""Backward wants the leaves, and nothing else, by which to differentiate."""

SORTED_BEFORE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.slope, self.parents = data, None, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def arrange(self):
        self.order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                self.order.append(node)

        visit(self)

    def go_back(self):
        for node in self.order:
            node.slope = 0.0
        self.slope = 1.0
        for node in reversed(self.order):
            for parent, local in node.parents:
                parent.slope += node.slope * local
"""
"""Another method must be called before the one that goes backward."""


@pytest.mark.parametrize(
    ("text", "called"),
    [(BY_LEAVES, "f.backward([x, y])"), (SORTED_BEFORE, "f.arrange()\nf.go_back()")],
)
def test_what_backward_needs_is_given(text: str, called: str, tmp_path: Path) -> None:
    engine = load(written(tmp_path, text))
    steps = (Step("p", "mul", ("x", "y")), Step("f", "add", ("p", "x")))
    program = Program({"x": 0.5, "y": 2.0, "z": 1.0}, {}, steps, dict.fromkeys("xyzpf", ()), 1.0)
    trace = engine.run(program)
    assert trace.failure is None
    assert [float(trace.gradients[name]) for name in "xy"] == [3.0, 0.5]
    without = Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypf", ()), 1.0)
    script = engine.written(without, Asked("backward", "x"))
    assert script is not None
    assert called in "\n".join(script.lines)


def test_the_gradient_of_the_output_need_not_be_kept(tmp_path: Path) -> None:
    text = SORTED_BEFORE.replace("* local", "* local\n        self.slope = None")
    text = text.replace("def go_back(self):", "def backward(self):\n        self.arrange()")
    steps = (Step("p", "mul", ("x", "y")), Step("f", "add", ("p", "x")))
    program = Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypf", ()), 1.0)
    trace = load(written(tmp_path, text)).run(program)
    assert {name: float(trace.gradients[name]) for name in "xypf"} == {
        **{"x": 3.0, "y": 0.5},
        **{"p": 1.0, "f": 1.0},
    }


BARE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, seed=1.0):
        self.grad += seed
        for parent, local in self.parents:
            parent.backward(seed * local)
"""


def test_an_operator_that_crashes_on_numbers_is_told_so_alone_and_judged_elsewhere(
    tmp_path: Path,
) -> None:
    engine = load(written(tmp_path, BARE))
    double, more = Step("p", "mul", ("x", 2.0)), Step("f", "add", ("p", "x"))
    alone = engine.run(Program({"x": 0.5}, {}, (double,), dict.fromkeys("xp", ()), 1.0))
    assert alone.failure is not None
    program = Program({"x": 0.5}, {}, (double, more), dict.fromkeys("xpf", ()), 1.0)
    trace = engine.run(program)
    assert trace.failure is None
    assert float(trace.gradients["x"]) == 3.0
    script = engine.written(program, Asked("backward", "x"))
    assert script is not None
    assert "p = x * Value(2.0)" in "\n".join(script.lines)


RECORDER = """
class Number:
    def __init__(self, value):
        self.value, self.derivative = value, 0.0

class Recorder:
    def __init__(self):
        self.entries = []

    def record(self, value, inputs, locals):
        self.entries.append((Number(value), inputs, locals))
        return self.entries[-1][0]

    def add(self, operands):
        return self.record(sum(x.value for x in operands), operands, [1.0] * len(operands))

    def multiply(self, operands):
        x, y = operands
        return self.record(x.value * y.value, operands, [y.value, x.value])

    def go_back(self):
        self.entries[-1][0].derivative = 1.0
        for node, inputs, locals in reversed(self.entries):
            for x, local in zip(inputs, locals):
                x.derivative += local * node.derivative
"""
"""What computes is no class of numbers, takes operands in one list, and knows its last result."""

FREE = """
class Number:
    def __init__(self, value, parents=()):
        self.value, self.derivative, self.parents = value, 0.0, parents

class Add:
    def __call__(self, operands):
        return Number(sum(x.value for x in operands), [(x, 1.0) for x in operands])

def multiply(operands):
    x, y = operands
    return Number(x.value * y.value, [(x, y.value), (y, x.value)])

def backward(out, seed=1.0):
    out.derivative += seed
    for parent, local in out.parents:
        backward(parent, seed * local)
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RECORDER, "Recorder.go_back()"),
        (
            RECORDER.replace("go_back(self)", "slopes(self, leaves)")
            + "        return [leaf.derivative for leaf in leaves]\n",
            "Recorder.slopes(",
        ),
        (FREE, "backward(out)"),
    ],
)
def test_recorders_and_operands_in_one_list_are_understood(
    text: str, told: str, tmp_path: Path
) -> None:
    engine = load(written(tmp_path, text))
    assert isinstance(engine, ObjectEngine)
    assert any(line.startswith("backward") and told in line for line in engine.told())
    steps = (Step("p", "mul", ("x", "y")), Step("f", "add", ("p", "x")))
    trace = engine.run(Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypf", ()), 1.0))
    assert trace.failure is None
    assert [float(trace.gradients[name]) for name in "xy"] == [3.0, 0.5]


BOXED = BARE.replace("self.data, self.grad", "data = np.atleast_1d(data); self.data, self.grad")


def test_a_number_that_is_held_as_an_array_of_one_element_is_judged_as_a_number(
    tmp_path: Path,
) -> None:
    engine = load(written(tmp_path, f"import numpy as np\n{BOXED}"))
    steps = (Step("p", "mul", ("x", "y")), Step("f", "add", ("p", 3.0)))
    trace = engine.run(Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypf", ()), 1.0))
    assert (trace.failure, trace.unsupported, trace.breach) == (None, None, None)
    assert {name: array.tolist() for name, array in trace.values.items()} == {
        **{"x": 0.5, "y": 2.0},
        **{"p": 1.0, "f": 4.0},
    }
    assert [trace.gradients[name].tolist() for name in "xy"] == [2.0, 0.5]


UNSEEDED = BARE.replace("        self.grad += seed\n", "").replace(
    "parent.backward(seed * local)",
    "parent.grad += seed * local\n            parent.backward(seed * local)",
)


def test_an_output_that_keeps_no_gradient_of_its_own_is_no_mistake(tmp_path: Path) -> None:
    engine = load(written(tmp_path, UNSEEDED))
    steps = (Step("p", "mul", ("x", "y")), Step("f", "add", ("p", "x")))
    trace = engine.run(Program({"x": 0.5, "y": 2.0}, {}, steps, dict.fromkeys("xypf", ()), 1.0))
    assert {name: float(trace.gradients[name]) for name in "xypf"} == {
        **{"x": 3.0, "y": 0.5},
        **{"p": 1.0, "f": 1.0},
    }
