"""Small engines that differ from the usual one in a single convention, made of one text."""

from __future__ import annotations

from pathlib import Path

from harness.engines.adapter import ObjectEngine
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.judging.examination import examine
from harness.judging.oracle import computed
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language.case import decode

SCALARS = """
import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, tuple(parents)

    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(float(x))

    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = Value.lift(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        out = math.exp(self.data)
        return Value(out, [(self, out)])

    def order(self):
        seen, out = set(), []

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                out.append(node)

        visit(self)
        return out[::-1]

    def backward(self):
        for node in self.order():
            node.grad = 0.0
        self.grad = 1.0
        for node in self.order():
            for parent, local in node.parents:
                parent.grad += local * node.grad
"""
"""An engine of numbers as every course has it."""

ARRAYS = """
import numpy as np


class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents = np.asarray(data, dtype=float), parents
        self.grad = np.zeros_like(self.data)

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, [(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        pulls = [(self, lambda g: g * other.data), (other, lambda g: g * self.data)]
        return Tensor(self.data * other.data, pulls)

    __radd__, __rmul__ = __add__, __mul__

    def sum(self):
        return Tensor(self.data.sum(), [(self, lambda g: g + 0 * self.data)])

    def backward(self, grad=None):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        for node in order:
            node.grad = np.zeros_like(node.data)
        self.grad = np.ones_like(self.data) if grad is None else np.asarray(grad, dtype=float)
        for node in reversed(order):
            for parent, pull in node.parents:
                parent.grad = parent.grad + pull(node.grad)
"""
"""An engine of arrays as every course has it."""


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each first of a pair replaced by the second; every one of them is there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def written(folder: Path, text: str, name: str = "strange") -> str:
    """The path of a file of that text."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def loaded(folder: Path, text: str, name: str = "strange") -> ObjectEngine:
    """The engine of objects in a file of that text."""
    engine = load(written(folder, text, name))
    assert isinstance(engine, ObjectEngine)
    return engine


def judged(engine: Engine, text: str = "x * y + x") -> Verdict:
    """What comes of an expression of numbers, or of a whole case."""
    if ":" not in text:
        text = f"inputs: {{x: 0.7, y: -1.5}}\nexpr: {text}\n"
    case = decode(f"about: a\n{text}", Path("case.yaml"))
    return examine(engine, case, computed(case))


def accused(verdict: Verdict) -> set[str]:
    """The operations whose mistakes a verdict tells of."""
    return {finding["op"] for finding in as_json("strange", [("case", verdict)])["findings"]}


ROW = "inputs: {x: [0.5, 1.5, 2.5], y: [2.0, -1.0, 0.25]}\nexpr: x * y + x\n"
"""A case with arrays, and an array as its output."""
