"""What an operation may be given follows from its signature, and is said where it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.vocabulary.domains import DOMAINS, EXAMPLES, MOST, domain_of, first_shapes, forms
from harness.vocabulary.operation import KINDS, Operation
from harness.vocabulary.signatures import GATES, OPERATIONS


@pytest.mark.parametrize("name", GATES)
def test_there_are_ways_to_use_every_operation(name: str) -> None:
    operation = GATES[name]
    ways = [form for shape in first_shapes(name) for form in forms(name, shape)]
    assert ways
    assert all(0 < math.prod(form.result) <= MOST for form in ways)
    written = {parameter for form in ways for parameter in form.parameters}
    assert written == set(operation.parameters)


def test_every_kind_of_parameter_has_examples() -> None:
    assert set(EXAMPLES) == set(KINDS)


def test_an_operation_of_known_kinds_needs_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Operation("halve", "½", "reduce", parameters=OPERATIONS["sum"].parameters)
    monkeypatch.setitem(GATES, "halve", new)
    assert [form.parameters for form in forms("halve", (3,))][:2] == [{}, {"keepdims": True}]
    assert domain_of(new, 0).holds(np.float64(-1.0))


def test_without_arrays_there_are_plain_numbers_alone() -> None:
    assert [form.shapes for form in forms("mul", (), arrays=False)] == [((), ())]
    assert forms("stack", (), arrays=False) == ()


def test_parameters_fit_the_shape() -> None:
    assert {form.parameters["axis"] for form in forms("squeeze", (2, 1))} == {-1, 1}
    assert all(form.result != () for form in forms("var", (1,)) if form.parameters == {})


def test_a_default_is_not_written() -> None:
    written = [form.parameters.get("kernel_size") for form in forms("max_pool2d", (1, 1, 3, 3))]
    assert set(written) == {None, 1}


def test_every_domain_is_that_of_an_operand() -> None:
    for name, domains in DOMAINS.items():
        assert set(domains) <= set(GATES[name].operands)


@pytest.mark.parametrize(("name", "inside", "outside"), [("log", 0.5, 0.0), ("div", 1.0, 0.0)])
def test_a_domain_says_where_numbers_may_lie(name: str, inside: float, outside: float) -> None:
    domain = domain_of(OPERATIONS[name], len(OPERATIONS[name].operands) - 1)
    assert domain.holds(inside)
    assert not domain.holds(outside)
