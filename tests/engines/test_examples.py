"""Examples of operations are examples: the model engine runs them all."""

from __future__ import annotations

import numpy as np
import pytest

from harness.engines.adapter import FunctionEngine
from harness.engines.loading import load
from harness.engines.running.samples import sample
from harness.vocabulary.examples import ELEMENTWISE, FIRST, OF_ARRAYS, OF_LISTS, example
from harness.vocabulary.native import NATIVE
from harness.vocabulary.signatures import GATES, OPERATIONS

MODEL = load("minigrad")


@pytest.mark.parametrize("op", OPERATIONS)
def test_the_model_engine_runs_the_example(op: str) -> None:
    told = sample(MODEL, op)
    assert " = " in told and "raises" not in told, told


def test_an_example_has_what_its_operation_asks_for() -> None:
    for op, operation in OPERATIONS.items():
        _, parameters = example(op)
        assert set(parameters) <= set(operation.parameters)


def test_what_engines_have_first_is_elementwise_and_what_only_tensors_have_is_not() -> None:
    assert set(FIRST) <= set(ELEMENTWISE)
    assert not {*OF_ARRAYS, *OF_LISTS} & set(ELEMENTWISE)


def test_what_python_has_an_operator_for_is_in_the_vocabulary() -> None:
    assert set(NATIVE) <= set(GATES)
    assert NATIVE["div"].function(1.0, 4.0) == 0.25
    assert NATIVE["sub"].reflected == "__rsub__"
    assert {op for op, gate in GATES.items() if gate.symbol} <= set(NATIVE)


def test_an_engine_of_functions_has_no_class() -> None:
    engine = FunctionEngine(np)
    assert engine.cls is None and engine.place_of("exp") == "function exp"
    assert engine.place_of("add") == "operator __add__, __radd__"
