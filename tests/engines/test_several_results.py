"""How an engine is asked for one of several results, and for values with places beside them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minigrad
from harness.engines import reference
from harness.engines.adapter import ObjectEngine
from harness.engines.loading import load
from harness.engines.writing.script import Asked
from harness.judging.judge import judge
from harness.language.case import Case, decode
from minigrad import Tensor

OWN = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = np.array(data, dtype=float), parents, 0.0

    def __mul__(self, other):
        return Tensor(
            self.data * other.data,
            [(self, lambda g: g * other.data), (other, lambda g: g * self.data)],
        )

    def backward(self, seed=1.0):
        self.grad = self.grad + seed
        for parent, rule in self.parents:
            parent.backward(rule(seed))

def placed(x, key):
    def rule(g):
        dx = np.zeros_like(x.data)
        np.add.at(dx, key, g)
        return dx
    return rule

def unbind(x, axis=0):
    keys = [(slice(None),) * axis + (i,) for i in range(x.data.shape[axis])]
    return tuple(Tensor(x.data[key], [(x, placed(x, key))]) for key in keys)

def sort(x):
    order = np.argsort(x.data)
    return Tensor(x.data[order], [(x, placed(x, order))]), order
"""


def case(steps: str) -> Case:
    return decode(
        "about: a\ninputs: {x: [[1.5, -2, 3], [4, 0.5, 6]]}\nconstants: {i: [[0, 2, 1]]}\n"
        f"steps:\n{steps}",
        Path("x.yaml"),
    )


def passes(engine: ObjectEngine, one: Case) -> bool:
    return judge(one, reference.evaluate(one.program), engine.run(one.program)).passed


def module(**functions: Any) -> ModuleType:
    found = ModuleType("engine")
    vars(found).update(functions)
    for function in functions.values():
        function.__module__ = "engine"
    return found


def test_a_call_is_made_once_for_all_results_that_are_named() -> None:
    calls = []

    def unbind(x: Any, axis: int = 0) -> Any:
        calls.append(x)
        return minigrad.unbind(x, axis)

    engine = ObjectEngine(Tensor, module(unbind=unbind))
    assert passes(engine, case("  a, b: unbind(x)\n  f: a * b\n"))
    assert len(calls) == 1
    assert passes(engine, case("  a: unbind(x)[0]\n  b: unbind(x)[0]\n  f: a * b\n"))
    assert len(calls) == 3


def test_an_engine_that_has_one_result_lacks_several() -> None:
    engine = ObjectEngine(Tensor, module(unbind=lambda x, axis=0: x))
    trace = engine.run(case("  a, b: unbind(x)\n  f: a * b\n").program)
    assert trace.unsupported == "unbind with several results"


def test_of_values_and_their_places_the_values_are_taken() -> None:
    def sort(x: Any, dim: int = -1, descending: bool = False) -> Any:
        found = minigrad.sort(x, dim, descending)
        return found, np.argsort(x.data)

    engine = ObjectEngine(Tensor, module(sort=sort))
    assert passes(engine, case("  f: sort(x, descending=True)\n"))


def test_indices_go_where_the_signature_has_them() -> None:
    def gather(x: Any, dim: int, index: Any) -> Any:
        return minigrad.gather(x, index, dim)

    assert passes(ObjectEngine(Tensor, module(gather=gather)), case("  f: gather(x, i, axis=1)\n"))


@pytest.mark.parametrize("with_bias", [False, True])
def test_a_convolution_without_a_bias_lacks_that_alone(with_bias: bool) -> None:
    def conv2d(x: Any, weight: Any, stride: int = 1, padding: int = 0) -> Any:
        return minigrad.conv2d(x, weight, None, stride, padding)

    engine = ObjectEngine(Tensor, module(conv2d=conv2d))
    bias = ", b" if with_bias else ""
    one = decode(
        "about: a\ninputs: {x: [[[[1.5, -2], [3, 4]]]], k: [[[[2, -1]]]], b: [0.5]}\n"
        f"expr: conv2d(x, k{bias}, stride=2) + sum(b)\n",
        Path("x.yaml"),
    )
    trace = engine.run(one.program)
    assert trace.unsupported == ("conv2d with bias" if with_bias else None)
    assert with_bias or passes(engine, one)


def test_lines_to_paste_take_one_of_several_results(tmp_path: Path) -> None:
    source = tmp_path / "own_engine.py"
    source.write_text(OWN, encoding="utf-8")
    engine = load(str(source))
    program = case("  a, b: unbind(x)\n  f: sort(b) * a\n").program
    script = engine.written(program, Asked("backward", "x", "[0, 1]"))
    assert script is not None
    lines = "\n".join(script.lines)
    assert "a = unbind(x)[0]" in lines
    assert "b = unbind(x)[1]" in lines
    assert "sort(b)[0]" in lines
