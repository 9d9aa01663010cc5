"""Static graphs and expression trees, in each way to compute them and to ask for gradients."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import accused, changed, judged, written

from harness.engines.forms import FeedEngine
from harness.engines.loading import load
from harness.judging.result import as_json

NODES = """
class Node:
    def __init__(self, op=None, *inputs):
        self.op, self.inputs = op, inputs

    def __add__(self, other):
        return Node("add", self, other)

    def __mul__(self, other):
        return Node("mul", self, other)

def placeholder():
    return Node()

def order(node, seen):
    if node not in seen:
        for i in node.inputs:
            order(i, seen)
        seen.append(node)
    return seen

def computed(node, feed):
    values = {}
    for n in order(node, []):
        given = [values[i] for i in n.inputs]
        if not given:
            values[n] = feed[n]
        else:
            values[n] = given[0] + given[1] if n.op == "add" else given[0] * given[1]
    return values

def slopes(node, feed):
    values, found = computed(node, feed), {node: 1.0}
    for n in reversed(order(node, [])):
        if n.inputs:
            x, y = n.inputs
            locals_ = (1.0, 1.0) if n.op == "add" else (values[y], values[x])
            for i, local in zip(n.inputs, locals_):
                found[i] = found.get(i, 0.0) + local * found[n]
    return found
"""

SESSION = """
class Session:
    def run(self, node, feed_dict):
        self.feed = feed_dict
        return computed(node, feed_dict)[node]

    def gradients(self, node, xs):
        return [slopes(node, self.feed)[x] for x in xs]
"""

TREE = """
class Expr:
    def __add__(self, other):
        return Add(self, other)

    def __mul__(self, other):
        return Mul(self, other)

class Var(Expr):
    def __init__(self, name):
        self.name = name

    def eval(self, env):
        return env[self.name]

    def diff(self, name):
        return Const(1.0 if name == self.name else 0.0)

class Const(Expr):
    def __init__(self, number):
        self.number = number

    def eval(self, env):
        return self.number

    def diff(self, name):
        return Const(0.0)

class Add(Expr):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def eval(self, env):
        return self.x.eval(env) + self.y.eval(env)

    def diff(self, name):
        return self.x.diff(name) + self.y.diff(name)

class Mul(Add):
    def eval(self, env):
        return self.x.eval(env) * self.y.eval(env)

    def diff(self, name):
        return self.x.diff(name) * self.y + self.x * self.y.diff(name)
"""

TUPLES = """
def var(name):
    return ("var", name)

def add(x, y):
    return ("add", x, y)

def mul(x, y):
    return ("mul", x, y)

def evaluate(e, env):
    if e[0] == "var":
        return env[e[1]]
    x, y = evaluate(e[1], env), evaluate(e[2], env)
    return x + y if e[0] == "add" else x * y

def gradients(e, env):
    slopes = dict.fromkeys(env, 0.0)
    def send(e, amount):
        if e[0] == "var":
            slopes[e[1]] += amount
            return
        values = {1: evaluate(e[1], env), 2: evaluate(e[2], env)}
        x, y = 1, 2
        local = (1.0, 1.0) if e[0] == "add" else (values[y], values[x])
        send(e[1], amount * local[0])
        send(e[2], amount * local[1])
    send(e, 1.0)
    return evaluate(e, env), slopes
"""
"""Numbers and gradients by name are one answer."""

SHAPES = {
    "a session": NODES + SESSION,
    "a session of many nodes": NODES
    + changed(
        SESSION,
        (
            "return computed(node, feed_dict)[node]",
            "return [computed(n, feed_dict)[n] for n in node]",
        ),
    ),
    "an executor": NODES
    + """
class Executor:
    def __init__(self, nodes):
        self.nodes = nodes

    def run(self, feed):
        return [computed(node, feed)[node] for node in self.nodes]

def gradient(node, x, feed):
    return slopes(node, feed)[x]
""",
    "functions": NODES
    + """
def evaluate(node, feed):
    return computed(node, feed)[node]

def gradients(node, feed):
    return slopes(node, feed)
""",
    "a run that fills nodes and answers with gradients": changed(
        NODES, ("= op, inputs", "= op, inputs; self.number = None")
    )
    + """
def run(node, feed):
    node.number = computed(node, feed)[node]
    for x, number in feed.items():
        x.number = number
    return slopes(node, feed)
""",
    "expressions that are tuples": TUPLES,
    "an expression tree": TREE,
    "an expression tree by objects": changed(
        TREE,
        (
            "def __init__(self, name):\n        self.name = name",
            "def __init__(self):\n        pass",
        ),
        ("env[self.name]", "env[self]"),
        ("name == self.name", "name is self"),
    ),
}


def fed(folder: Path, text: str) -> FeedEngine:
    """The engine of static graphs in a file of that text."""
    engine = load(written(folder, text))
    assert isinstance(engine, FeedEngine)
    return engine


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_found_and_agrees(shape: str, tmp_path: Path) -> None:
    assert judged(fed(tmp_path, SHAPES[shape]), "(x + y) * x").status == "passed"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_wrong_rule_is_found_guilty(shape: str, tmp_path: Path) -> None:
    wrong = SHAPES[shape].replace("(values[y], values[x])", "(values[y], 1.0)")
    wrong = wrong.replace("self.x * self.y.diff(name)", "self.y.diff(name)")
    assert accused(judged(fed(tmp_path, wrong), "x * y + y")) == {"mul"}


def test_no_gradient_is_asked_for_by_what_does_not_reach_the_output(tmp_path: Path) -> None:
    assert judged(fed(tmp_path, SHAPES["a session"]), "x * x").status == "passed"


def test_what_is_asked_by_names_is_judged_on_its_inputs(tmp_path: Path) -> None:
    engine = fed(tmp_path, TREE)
    assert engine.named
    assert judged(engine, "(x + y) * x").trace.leaves_only
    assert not judged(fed(tmp_path, SHAPES["functions"]), "(x + y) * x").trace.leaves_only


def test_a_long_program_is_computed_once(tmp_path: Path) -> None:
    counting = changed(
        SHAPES["a session of many nodes"],
        ("self.feed = feed_dict", "self.feed = feed_dict; open('runs', 'a').write('x')"),
    )
    steps = "inputs: {x: 0.5}\nsteps:\n  z: {start: x, repeat: 250, next: z + x}\n"
    engine = fed(tmp_path, counting.replace("'runs'", repr(str(tmp_path / "runs"))))
    (tmp_path / "runs").unlink()
    assert judged(engine, steps).status == "passed"
    assert len((tmp_path / "runs").read_text()) < 20


TREE = """
class Expr:
    def __add__(self, other):
        return Add(self, other)

    def __mul__(self, other):
        return Mul(self, other)

class Var(Expr):
    def __init__(self, name):
        self.name = name

    def evaluate(self, **env):
        return env[self.name]

    def derivative(self, var):
        return One() if var is self else Zero()

class One(Expr):
    def evaluate(self, **env):
        return 1.0

class Zero(Expr):
    def evaluate(self, **env):
        return 0.0

class Add(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def evaluate(self, **env):
        return self.a.evaluate(**env) + self.b.evaluate(**env)

    def derivative(self, var):
        return self.a.derivative(var) + self.b.derivative(var)

class Mul(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def evaluate(self, **env):
        return self.a.evaluate(**env) * self.b.evaluate(**env)

    def derivative(self, var):
        return self.a.derivative(var) * self.b + self.a * self.b.derivative(var)
"""


def test_a_tree_is_fed_by_keyword_and_asked_with_its_leaves(tmp_path: Path) -> None:
    engine = load(written(tmp_path, TREE))
    assert isinstance(engine, FeedEngine)
    assert judged(engine).status == "passed"
    assert engine.told()[2:] == [
        "value      out.evaluate(**feed)",
        "gradient   out.derivative(x)",
    ]


def test_a_tree_without_memory_is_told_that_it_follows_every_path(tmp_path: Path) -> None:
    case = "inputs: {x: 1.0}\nsteps:\n  f: {start: x, repeat: 40, next: f + f}\n"
    verdict = judged(load(written(tmp_path, TREE)), case)
    told = as_json("strange", [("case", verdict)])["findings"]
    assert [finding["code"] for finding in told] == ["every-path"]
    assert "evaluation would visit" in told[0]["message"]


def test_a_graph_of_arrays_alone_is_fed_with_arrays_and_begins_with_ones(tmp_path: Path) -> None:
    ones = "computed(node, feed), {}\n    assert isinstance(values[node], np.ndarray)\n"
    ones += "    found[node] = np.ones_like(values[node])"
    text = "import numpy as np\n" + changed(NODES, ("computed(node, feed), {node: 1.0}", ones))
    engine = load(written(tmp_path, text + SESSION))
    assert isinstance(engine, FeedEngine)
    assert judged(engine).status == "passed"
    row = "inputs: {x: [0.5, 1.5], y: [2.0, -1.0]}\nexpr: x * y + x\nseed: [0.75, -2.0]\n"
    assert judged(engine, row).status == "passed"
