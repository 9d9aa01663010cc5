"""Gradients that no object keeps: they are answered, in whatever form, or sent to leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import SCALARS, accused, changed, judged, loaded

FLOW = """
    def _flow(self):
        flow = {id(self): 1.0}
        for node in self.order():
            for parent, local in node.parents:
                flow[id(parent)] = flow.get(id(parent), 0.0) + local * flow[id(node)]
        return flow
"""

KEPT = changed(SCALARS[: SCALARS.index("    def backward")], (", self.grad", ""), (", 0.0,", ","))

PLACES = changed(
    KEPT,
    ("self.parents = data, tuple(parents)", "self.parents = data, tuple(parents); self.at()"),
    ("    @staticmethod", "    all = []\n\n    @staticmethod"),
    (
        "    def exp(self)",
        """    def at(self):
        self.place = len(Value.all)
        Value.all.append(self)

    def exp(self)""",
    ),
)

WAYS = {
    "a method that is given one object": f"""{KEPT}{FLOW}
    def by(self, node):
        return self._flow().get(id(node), 0.0)
""",
    "a function that is given the output and one object": f"""{KEPT}{FLOW}

def slope(out, node):
    return out._flow().get(id(node), 0.0)
""",
    "a method that is given any number of objects": f"""{KEPT}{FLOW}
    def slopes(self, *nodes):
        flow = self._flow()
        return [flow.get(id(node), 0.0) for node in nodes]
""",
    "a function that answers with a function": f"""{KEPT}{FLOW}

def pass_back(out):
    flow = out._flow()
    return lambda node: flow.get(id(node), 0.0)
""",
    "a list in which each object knows its place": f"""{PLACES}{FLOW}
    def slopes(self):
        flow = self._flow()
        return [flow.get(id(node), 0.0) for node in Value.all]

def clear():
    Value.all.clear()
""",
    "a function that each object holds": """
class Value:
    def __init__(self, data, send):
        self.data, self.send = data, send

    def __add__(self, other):
        def send(amount):
            self.send(amount)
            other.send(amount)
        return Value(self.data + other.data, send)

    def __mul__(self, other):
        def send(amount):
            self.send(other.data * amount)
            other.send(self.data * amount)
        return Value(self.data * other.data, send)

def leaf(data):
    def send(amount):
        made.grad += amount
    made = Value(data, send)
    made.grad = 0.0
    return made
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_way_to_be_asked_is_found_and_agrees(way: str, tmp_path: Path) -> None:
    engine = loaded(tmp_path, WAYS[way])
    assert engine.conventions.backward is not None
    assert judged(engine, "x * y + x").status == "passed"


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_product_is_found_guilty(way: str, tmp_path: Path) -> None:
    wrong = changed(
        WAYS[way],
        ("other.send(self.data *", "other.send(-self.data *")
        if "send(self.data" in WAYS[way]
        else ("(other, self.data)]", "(other, -self.data)]"),
    )
    assert accused(judged(loaded(tmp_path, wrong), "x * y + x")) == {"mul"}


def test_it_is_told_how_an_object_is_asked_for(tmp_path: Path) -> None:
    told = "\n".join(loaded(tmp_path, WAYS["a method that is given one object"]).describe())
    assert "out.by(x)" in told


def test_a_graph_of_the_module_is_forgotten_before_the_next(tmp_path: Path) -> None:
    text = """
TAPE = []

class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return made(self.data * other.data, (self, other.data), (other, self.data))

def made(data, *terms):
    out = Value(data)
    TAPE.append((out, terms))
    return out

def backward(out):
    assert len(TAPE) < 9, "the graphs before are still there"
    out.grad = 1.0
    for node, terms in reversed(TAPE):
        for parent, local in terms:
            parent.grad += local * node.grad

def clear():
    TAPE.clear()
"""
    engine = loaded(tmp_path, text)
    assert {judged(engine, "x * y + x").status for _ in range(9)} == {"passed"}


LISTS = """
import numpy as np

def node(x, edges=()):
    return [x, 0.0, edges]

def add(x, y):
    return node(x[0] + y[0], ((x, 1.0), (y, 1.0)))

def mul(x, y):
    return node(x[0] * y[0], ((x, y[0]), (y, x[0])))

def exp(x):
    return node(np.exp(x[0]), ((x, np.exp(x[0])),))

def backward(out):
    order = []

    def visit(n):
        if all(n is not known for known in order):
            for parent, _ in n[2]:
                visit(parent)
            order.append(n)

    visit(out)
    for n in order:
        n[1] = 0.0
    out[1] = 1.0
    for n in reversed(order):
        for parent, local in n[2]:
            parent[1] += n[1] * local
"""


def test_a_node_may_be_a_short_list(tmp_path: Path) -> None:
    engine = loaded(tmp_path, LISTS)
    assert "value      .item0" in engine.describe()
    assert judged(engine, "exp(x) * y + x").status == "passed"


def test_a_wrong_rule_of_nodes_that_are_lists_is_found(tmp_path: Path) -> None:
    wrong = changed(LISTS, ("(y, x[0])", "(y, 1.0)"))
    assert accused(judged(loaded(tmp_path, wrong), "exp(x) * y + x")) == {"mul"}
