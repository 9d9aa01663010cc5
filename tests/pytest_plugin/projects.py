"""Small projects with cases, and engines for them, on which a pytest within pytest is run."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

PRODUCT = """
about: both operands of a product are needed
tags: [product]
inputs: {x: 3.0, y: -4.0}
steps:
  q: x + y
  f: q * x
"""
SUM = """
about: a sum passes its upstream gradient on
inputs: {a: 1.5, b: 2.5}
expr: a + b + 2
"""

GOOD = """
class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.back:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.back:
                parent.grad += local * node.grad
"""


class Project:
    """A folder with cases, and pytest to run on it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        pytester.makeini("[pytest]\ncase_paths = cases\n")

    def write(self, name: str, text: str) -> Path:
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def run(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", "cases", *args)

    def recorded(self) -> Project:
        """The same project with its snapshots."""
        self.run("--regen-all")
        return self

    @property
    def files(self) -> set[str]:
        root = self.pytester.path / "cases"
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
