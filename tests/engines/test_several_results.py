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
from harness.judging.judge import judge
from harness.language.case import Case, decode
from minigrad import Tensor


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
