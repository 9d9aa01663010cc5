"""How far right engines of numbers come on the ladder, and what they are told where they stop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cli import main

PLUS_AND_TIMES = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.parents:
                parent.grad += local * node.grad
"""
LIKE_MICROGRAD = f"""{PLUS_AND_TIMES}
    def __pow__(self, power):
        assert isinstance(power, (int, float))
        return Value(self.data**power, [(self, power * self.data ** (power - 1))])

    def relu(self):
        return Value(max(0, self.data), [(self, float(self.data > 0))])

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __truediv__(self, other): return self * other**-1
    def __rtruediv__(self, other): return other * self**-1
"""
ENGINES = {"plus_and_times": PLUS_AND_TIMES, "like_micrograd": LIKE_MICROGRAD}
STOPS = {
    "plus_and_times": ("x - y: ", "scalar functions"),
    "like_micrograd": ("** with an exponent that is no plain number: ", "arrays, elementwise"),
}
"""What each is to build first, and the lowest level of which it can do nothing."""

LAST = ("--cases", "cases/passes", "--cases", "cases/scalars/deep_chain.yaml")
"""What asks for a second backward pass, and for a chain that is longer than Python's stack."""


@pytest.fixture
def told(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `harness check` says of an engine on some of the built-in cases."""
    name, options = request.param
    engine = tmp_path / f"{name}.py"
    engine.write_text(ENGINES[name], encoding="utf-8")
    main(["check", str(engine), *options])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("told", "name"), [((name, ("--upto", "4")), name) for name in ENGINES], indirect=["told"]
)
def test_nothing_is_wrong_below_and_what_stops_the_climb_is_to_be_built(
    told: str, name: str
) -> None:
    first, level = STOPS[name]
    words = " ".join(told.split())
    assert f"Next to build: {first}" in words
    assert f"next on the ladder: {level}, which opens " in words
    judged = re.findall(r"(?m)^  (\S.*?): +(\d+) of (\d+), \d+ not judged$", told)
    assert judged and all(int(passed) == int(there) > 3 for _, passed, there in judged)
    assert level not in [name for name, *_ in judged]
    assert " 0 failed" in words.splitlines()[-1]


@pytest.mark.parametrize("told", [(name, LAST) for name in ENGINES], indirect=True)
def test_what_is_wrong_at_the_last_rung_is_an_edge(told: str) -> None:
    assert re.findall(r"(?m)^\d+\. the engine itself, backward: (\S+)", told) == [
        "stale-grad",
        "recursion",
    ]
    assert "What matters at extremes only" in told
    assert "(5 at an edge alone)" in told
