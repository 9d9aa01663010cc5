"""Ten runs of `check` say the same, to the byte, where an engine keeps its objects in sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reports.files import text_of

pytestmark = pytest.mark.slow

ENGINE = """
import math

class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, tuple(edges)
        self.parents = {parent for parent, _ in self.edges}

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        out = math.tanh(self.data)
        return Value(out, [(self, 1 - out * out)])

    def backward(self):
        BACKWARD
"""

BACKWARD = {
    "a wave front, whose order decides": """
        self.grad, front = 1.0, {self}
        while front:
            behind = set()
            for node in front:
                for parent, local in node.edges:
                    parent.grad += local * node.grad
                behind |= node.parents
            front = behind
""",
    "one of several orders, and a gradient that is assigned": """
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.edges:
                parent.grad = local * node.grad + (parent.grad if len(node.edges) > 1 else 0.0)
""",
}

RUNS = 10

CASES = {
    "fan": "a: x * y\n  b: a + x\n  c: tanh(b)\n  f: a * b + c * x",
    "chain": "a: tanh(x)\n  b: a * a\n  c: b * a + x\n  f: tanh(c) * b + c",
    "rules": "a: exp(x)\n  b: x ** 2\n  f: a * b + x",
    "sums": "a: x + y\n  b: a * x + a * y\n  f: b * b + tanh(a) + x",
}
"""Names are used more than once, so that an order may matter."""


def cases_in(folder: Path) -> Path:
    folder.mkdir()
    for name, steps in CASES.items():
        text = f"about: a\ninputs: {{x: 0.75, y: -1.5}}\nsteps:\n  {steps}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


REPORTED = {name: text_of(name) for name in ("engines/m05.py", "wild/set_order.py")}
WRITTEN = {how: ENGINE.replace("\n        BACKWARD\n", text) for how, text in BACKWARD.items()}
FIRST, *OTHERS = ENGINES = WRITTEN | REPORTED


@pytest.mark.parametrize("how", [pytest.param(FIRST, marks=pytest.mark.sample), *OTHERS])
def test_ten_runs_are_equal_to_the_byte(how: str, tmp_path: Path) -> None:
    text = ENGINES[how]
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    of_cases = ["--cases", str(cases_in(tmp_path / "cases"))]
    command = [sys.executable, "-m", "harness", "check", "mine.py", "--json", "-", *of_cases]
    told = set()
    for seed in range(RUNS):
        environment = os.environ | {"PYTHONHASHSEED": str(seed)}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        told.add(done.stdout + done.stderr)
        assert done.returncode == 1, done.stderr
    assert len(told) == 1
