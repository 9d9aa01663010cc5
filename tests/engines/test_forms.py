"""How engines are begun, run and asked in the wild: of each form, one engine that is right."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest
from engines.strange import ARRAYS, ROW, SCALARS, accused, changed, judged, loaded, written

from harness.engines.adapter import FunctionEngine
from harness.engines.loading import EngineError, load

BACKWARD = SCALARS[SCALARS.index("    def backward") :]
BODY = BACKWARD.partition("\n")[2]
FUNCTION = BODY.replace("\n    ", "\n").replace("        for", "    for", 1).replace("self", "out")
FREE = SCALARS.replace(BACKWARD, "")
"""The engine without its backward pass, and that as the body of a function of ``out``."""

FORMS = {
    "a function of any name": f"{FREE}\ndef zurueck(out):\n{FUNCTION}",
    "a method of any name": changed(SCALARS, ("def backward", "def zurueck")),
    "a driver": f"""{FREE}
class Engine:
    def __init__(self, out):
        self.out = out

    def run(self):
        spread(self.out)

def spread(out):
{FUNCTION}""".replace("spread", "_spread"),
    "a switch": changed(
        SCALARS,
        ("data, parents=()", "data, parents=(), tracked=False"),
        ("tuple(parents)\n", "tuple(parents)\n        self.tracked = tracked or bool(parents)\n"),
        ("                parent.grad", "                if parent.tracked: parent.grad"),
    ),
    "a maker of any name": changed(
        SCALARS,
        ("tuple(parents)\n", "tuple(parents)\n        self.tracked = bool(parents)\n"),
        ("                parent.grad", "                if parent.tracked: parent.grad"),
    )
    + "\ndef weight(number):\n    out = Value(number)\n    out.tracked = True\n    return out\n",
    "functions with a class of any name": changed(
        SCALARS,
        ("class Value", "class Kasten"),
        ("Value", "Kasten"),
        ("__add__(", "_plus("),
        ("__mul__(", "_times("),
        ("    __radd__, __rmul__ = __add__, __mul__\n", ""),
        ("def backward", "def zurueck"),
    )
    + "\ndef add(a, b):\n    return a._plus(b)\n\ndef multiply(a, b):\n    return a._times(b)\n",
    "inner gradients that are reset": SCALARS
    + "        for node in self.order():\n            if node.parents: node.grad = 0.0\n",
}

ASKED = """
class Var:
    def __init__(self, value):
        self.value, self.users, self.adjoint = value, [], None

    def __add__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        return self.made(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        return self.made(self.value * other.value, (self, other.value), (other, self.value))

    def made(self, value, *parents):
        out = Var(value)
        for parent, weight in parents:
            parent.users.append((weight, out))
        return out

    def sensitivity(self):
        if self.adjoint is None:
            self.adjoint = sum(weight * out.sensitivity() for weight, out in self.users)
        return self.adjoint
"""

LAZY = """
class Node:
    def __init__(self, *parents):
        self.parents, self.out, self.delta = parents, None, 0.0

    def __add__(self, other):
        return Sum(self, lifted(other))

    def __mul__(self, other):
        return Product(self, lifted(other))

    def evaluate(self):
        if self.out is None:
            self.out = self.rule(*[parent.evaluate() for parent in self.parents])
        return self.out

    def order(self, seen):
        if self not in seen:
            for parent in self.parents:
                parent.order(seen)
            seen.append(self)
        return seen

    def backward(self):
        nodes = self.order([])
        for node in nodes:
            node.delta = 0.0
        self.delta = 1.0
        for node in reversed(nodes):
            for parent, local in zip(node.parents, node.locals()):
                parent.delta += local * node.delta

class Input(Node):
    def __init__(self, number):
        super().__init__()
        self.number = number

    def rule(self):
        return self.number

    def locals(self):
        return ()

class Sum(Node):
    def rule(self, a, b):
        return a + b

    def locals(self):
        return 1.0, 1.0

class Product(Node):
    def rule(self, a, b):
        return a * b

    def locals(self):
        return self.parents[1].out, self.parents[0].out

def lifted(x):
    return x if isinstance(x, Node) else Input(x)
"""

FACTORY = """
class Tape:
    def __init__(self):
        self.entries = []

    def entry(self, value, parents=()):
        self.entries.append(parents)
        return Cell(self, len(self.entries) - 1, value)

    def number(self, value):
        return self.entry(value)

    def sweep(self, cell):
        found = [0.0] * len(self.entries)
        found[cell.place] = 1.0
        for place in reversed(range(cell.place + 1)):
            for parent, local in self.entries[place]:
                found[parent] += local * found[place]
        self.found = found

class Cell:
    def __init__(self, tape, place, value):
        self.tape, self.place, self.value = tape, place, value

    @property
    def slope(self):
        return self.tape.found[self.place] if hasattr(self.tape, "found") else None

    def __add__(self, other):
        other = other if isinstance(other, Cell) else self.tape.number(other)
        parents = (self.place, 1.0), (other.place, 1.0)
        return self.tape.entry(self.value + other.value, parents)

    def __mul__(self, other):
        other = other if isinstance(other, Cell) else self.tape.number(other)
        parents = (self.place, other.value), (other.place, self.value)
        return self.tape.entry(self.value * other.value, parents)
"""


OWNED = """
class Graph:
    def __init__(self):
        self.cells = []

    def variable(self, number):
        self.cells.append(Cell(number))
        return self.cells[-1]

    def add(self, a, b):
        return self.made(a, b, lambda x, y: x + y, lambda x, y: (1.0, 1.0))

    def mul(self, a, b):
        return self.made(a, b, lambda x, y: x * y, lambda x, y: (y, x))

    def made(self, a, b, rule, locals_):
        self.cells.append(Cell(None, (a, b), rule, locals_))
        return self.cells[-1]

    def forward(self):
        for cell in self.cells:
            if cell.inputs:
                cell.number = cell.rule(*[i.number for i in cell.inputs])

    def backward(self, out):
        for cell in self.cells:
            cell.slope = 0.0
        out.slope = 1.0
        for cell in reversed(self.cells):
            given = [i.number for i in cell.inputs]
            for i, local in zip(cell.inputs, cell.locals_(*given) if given else ()):
                i.slope += local * cell.slope

class Cell:
    def __init__(self, number, inputs=(), rule=None, locals_=None):
        self.number, self.inputs, self.rule, self.locals_ = number, inputs, rule, locals_
        self.slope = None
"""


def test_a_graph_may_make_its_nodes_and_compute_with_them(tmp_path: Path) -> None:
    engine = loaded(tmp_path, OWNED)
    told = "\n".join(engine.describe())
    assert "Graph.variable(number)" in told and ".number after Graph.forward()" in told
    assert judged(engine).status == judged(engine, "x * x + y").status == "passed"


def test_a_graph_is_computed_once_and_not_for_every_number_in_it(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    counted = f"    def forward(self):\n        open({str(runs)!r}, 'a').write('x')\n"
    engine = loaded(tmp_path, changed(OWNED, ("    def forward(self):\n", counted)))
    runs.unlink()
    steps = "inputs: {x: 0.5}\nsteps:\n  z: {start: x, repeat: 30, next: z * 0.5 + x}\n"
    assert judged(engine, steps).status == "passed"
    assert len(runs.read_text()) < 10


def test_numbers_and_gradients_may_be_had_by_functions(tmp_path: Path) -> None:
    text = """
class Node:
    def __init__(self, rule, *inputs):
        self.rule, self.inputs = rule, inputs

    def __add__(self, other):
        return Node("add", self, lifted(other))

    def __mul__(self, other):
        return Node("mul", self, lifted(other))

def constant(number):
    return Node(number)

def lifted(x):
    return x if isinstance(x, Node) else Node(x)

def evaluate(node):
    if not node.inputs:
        return node.rule
    x, y = map(evaluate, node.inputs)
    return x + y if node.rule == "add" else x * y

def differentiate(node, found=None, slope=1.0):
    found = {} if found is None else found
    found[node] = found.get(node, 0.0) + slope
    for i, other in zip(node.inputs, node.inputs[::-1]):
        differentiate(i, found, slope * (1.0 if node.rule == "add" else evaluate(other)))
    return found
"""
    engine = loaded(tmp_path, text)
    assert "evaluate(object)" in "\n".join(engine.describe())
    assert judged(engine).status == "passed"


def test_a_class_that_holds_layers_is_no_engine_of_objects(tmp_path: Path) -> None:
    text = """
class Sequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def backward(self, dout):
        return dout

class Square:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, dout):
        return 2 * self.x * dout
"""
    engine = load(written(tmp_path, text))
    assert engine.place_of("add") == "missing"
    assert judged(engine, "square(x)").status == "passed"


def test_what_a_function_is_called_with_tells_the_numbers(tmp_path: Path) -> None:
    """Its functions need not take plain numbers, and may be wrong of their own objects alone."""
    exp = """
def exp(x):
    return Dual(np.exp(x.real), x.part * np.exp(x.real))
"""
    engine = load(written(tmp_path, DUAL + exp + GRADS["gradient(f, [x, y])"]))
    assert judged(engine, "exp(x) * y").status == "passed"
    wrong = load(
        written(
            tmp_path,
            DUAL + exp.replace("Dual(np.exp(x.real)", "Dual(x.real") + GRADS["gradient(f, [x, y])"],
            "wrong",
        )
    )
    assert accused(judged(wrong, "exp(x) * y")) == {"exp"}


def test_an_object_may_only_compute_and_go_back(tmp_path: Path) -> None:
    text = changed(
        OWNED,
        ("    def variable(self, number):\n        self.cells.append(Cell(number))\n", ""),
        ("        return self.cells[-1]\n\n    def add", "    def add"),
        ("for cell in self.cells:\n            cell.slope = 0.0\n        ", ""),
        ("self.slope = None", "self.slope = 0.0"),
        (
            "Cell(None, (a, b), rule, locals_)",
            "Cell(rule(a.number, b.number), (a, b), rule, locals_)",
        ),
    )
    engine = loaded(tmp_path, text)
    assert "Cell(number)" in "\n".join(engine.describe())
    assert judged(engine, "(x + y) * x").status == "passed"


def test_a_graph_may_have_to_be_entered_before_anything_is_made(tmp_path: Path) -> None:
    text = changed(
        FREE,
        (
            "class Value",
            "class Graph:\n    now = None\n\n    def __enter__(self):\n"
            "        self.nodes, Graph.now = [], self\n        return self\n\n"
            "    def __exit__(self, *_):\n        Graph.now = None\n\n"
            "    def backprop(self, out):\n        zurueck(out)\n\nclass Value",
        ),
        ("self.data, self.grad,", "Graph.now.nodes.append(self)\n        self.data, self.grad,"),
    )
    engine = loaded(tmp_path, f"{text}\ndef zurueck(out):\n{FUNCTION}".replace("zurueck", "_back"))
    assert "Value(number) within Graph()" in "\n".join(engine.describe())
    assert engine.conventions.backward is not None
    assert engine.conventions.backward.name == "Graph.backprop"
    assert judged(engine).status == judged(engine, "x * x + y").status == "passed"


def test_a_class_may_have_to_be_made_ready_for_gradients(tmp_path: Path) -> None:
    switch = f"""
def enable_autograd():
    def backward(self):
{indent(BODY, "    ")}
    Value.backward = backward
"""
    engine = loaded(tmp_path, FREE + "\ndef _reset():\n    pass\n" + switch)
    assert engine.notes == ["enable_autograd() was called: nothing goes backward without it"]
    assert judged(engine).status == "passed"


@pytest.mark.parametrize("form", FORMS)
def test_an_engine_of_this_form_is_right(form: str, tmp_path: Path) -> None:
    verdict = judged(loaded(tmp_path, FORMS[form]))
    assert verdict.status == "passed"
    assert verdict.trace.gradients.keys() >= {"x", "y"}


@pytest.mark.parametrize(("text", "told"), [(ASKED, "out.adjoint = seed"), (LAZY, ".evaluate()")])
def test_what_is_done_beside_a_call_is_told(text: str, told: str, tmp_path: Path) -> None:
    engine = loaded(tmp_path, text)
    assert judged(engine).status == "passed"
    assert told in "\n".join(engine.describe())


def test_a_tape_makes_its_leaves_and_goes_back(tmp_path: Path) -> None:
    engine = loaded(tmp_path, FACTORY)
    assert engine.conventions.leaf.maker.startswith("Tape.")
    assert engine.conventions.backward is not None
    assert engine.conventions.backward.name == "Tape.sweep"
    assert judged(engine).status == "passed"
    assert judged(engine, "x * x + x").status == "passed"  # on a tape of its own


def test_a_seed_may_be_set(tmp_path: Path) -> None:
    text = changed(
        ARRAYS,
        ("def backward(self, grad=None)", "def backward(self)"),
        ("self.grad = np.zeros_like(self.data)\n", "self.grad = None\n"),
        (
            "for node in order:\n            node.grad",
            "for node in order[:-1]:\n            node.grad",
        ),
        (
            "if grad is None else np.asarray(grad, dtype=float)",
            "if self.grad is None else self.grad",
        ),
    )
    engine = loaded(tmp_path, text)
    assert "after out.grad = seed" in "\n".join(engine.describe())
    assert judged(engine, ROW).status == "passed"


@pytest.mark.parametrize("given", ["*params", "params"])
def test_a_gradient_tape_may_be_asked_by_any_name(given: str, tmp_path: Path) -> None:
    tape = f"""
class Recorder:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def slopes_of(self, out, {given}):
        back(out)
        return [p.slope for p in params]

def back(out):
{FUNCTION.replace(".grad", ".slope")}"""
    text = FREE.replace("self.grad", "self.slope") + tape.replace("back(", "_back(")
    engine = loaded(tmp_path, text)
    assert judged(engine).status == "passed"


def test_operations_may_stand_in_a_class_that_holds_nothing_else(tmp_path: Path) -> None:
    hidden = changed(SCALARS, ("    def exp(self)", "    def _e(self)"))
    names = (
        "\nclass F:\n    exp = staticmethod(lambda x: x._e())\n    two = staticmethod(lambda: 2)\n"
    )
    assert judged(loaded(tmp_path, hidden + names), "exp(x) * y").status == "passed"


def test_a_folder_is_the_package_that_it_holds(tmp_path: Path) -> None:
    for name, text in (("whole", SCALARS), ("parts", ""), ("bare", None)):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "__init__.py").write_text(text)
    (tmp_path / "parts" / "core.py").write_text(SCALARS)
    (tmp_path / "parts" / "train.py").write_text("raise SystemExit")
    (tmp_path / "bare" / "mine.py").write_text(SCALARS)
    for name in ("whole", "parts", "bare"):
        assert judged(load(str(tmp_path / name))).status == "passed"
    (tmp_path / "bare" / "other.py").write_text("")
    with pytest.raises(EngineError, match=r"name the \.py file in it \(mine\.py, other\.py\)"):
        load(str(tmp_path / "bare"))


def test_a_class_of_a_notebook_may_have_any_name(tmp_path: Path) -> None:
    cells = [changed(SCALARS, ("Value", "Grösse")), "Grösse(2.0).backward()\nassert False\n"]
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    assert judged(load(str(path))).status == "passed"


GRADS = {
    "grad(f)(x)": "def grad(f):\n    return lambda x: _run(f, [x])[0]\n",
    "grad(f, argnums=…)(x, y)": "def grad(f, argnums=(0,)):\n    return lambda *at: _run(f, at)\n",
    "grad(f)([x, y])": "def grad(f):\n    return lambda at: _run(lambda *xs: f(list(xs)), at)\n",
    "derivative(f, x)": "def derivative(f, x):\n    return _run(f, [x])[0]\n",
    "value_and_grad(f)(x, y)[1]": "def value_and_grad(f):\n"
    "    return lambda *at: (f(*at), _run(f, at))\n",
    "Machine().slopes(f, x, y)[1]": "class Machine:\n"
    "    def slopes(self, f, *at):\n        return f(*at), _run(f, at)\n",
    "gradient(f, [x, y])": "def gradient(f, at):\n    return np.array(_run(f, list(at)))\n",
    "pullback(f, x, y)[1](1.0)": "def pullback(f, *at):\n"
    "    found = _run(f, at)\n    return f(*at), lambda dy: tuple(dy * g for g in found)\n",
}

DUAL = """
import numpy as np

class Dual:
    def __init__(self, real, part=0.0):
        self.real, self.part = real, part

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.real + other.real, self.part + other.part)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.real * other.real, self.real * other.part + self.part * other.real)

    __radd__, __rmul__ = __add__, __mul__

def _run(f, at):
    return [f(*[Dual(x, float(i == j)) for j, x in enumerate(at)]).part for i in range(len(at))]

"""


@pytest.mark.parametrize("way", GRADS)
def test_gradients_of_functions_are_asked_for_as_they_are_given(way: str, tmp_path: Path) -> None:
    engine = load(written(tmp_path, DUAL + GRADS[way]))
    assert isinstance(engine, FunctionEngine)
    assert way in "\n".join(engine.describe())
    verdict = judged(engine)
    assert verdict.status == "passed"
    assert np.isclose(verdict.trace.gradients["x"], -0.5)


def test_what_does_more_than_compute_is_not_tried(tmp_path: Path) -> None:
    """A file has functions that save, plot or train: to try an engine out must not run them."""
    spoils = "".join(
        f"\ndef {name}(out):\n    open('{tmp_path}/spoilt', 'w').close()\n"
        for name in ("save_graph", "draw_dot", "train", "_plot", "Print_tree", "test_it")
    )
    spoils += "\nclass Trainer:\n    def __init__(self, out):\n        train(out)\n"
    spoils += "    def run(self):\n        train(self)\n"
    spoils += "\nclass Run:\n    def __init__(self, out):\n        pass\n\n"
    spoils += "    def train(self):\n        train(self)\n"
    loaded(tmp_path, FREE + spoils).describe()
    assert not (tmp_path / "spoilt").exists()
