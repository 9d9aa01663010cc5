"""How operations are written in code, and that Python reads them so."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from harness.vocabulary.program import Step
from harness.vocabulary.signatures import GATES, OPERATIONS
from harness.vocabulary.spelling import (
    BY_NODE,
    OPERATORS,
    Written,
    index_text,
    number,
    spelled,
    usage,
    written,
)


def test_every_sign_is_of_an_operation_and_of_python() -> None:
    for name, sign in OPERATORS.items():
        assert name in GATES
        assert hasattr(ast, sign.node)


def test_every_operation_with_a_symbol_is_written_with_it() -> None:
    for name, gate in GATES.items():
        if gate.symbol:
            assert usage(gate) == f"x {gate.symbol} y", name


@pytest.mark.parametrize("outer", OPERATORS)
@pytest.mark.parametrize("inner", OPERATORS)
def test_python_reads_one_sign_inside_another_as_it_was_meant(outer: str, inner: str) -> None:
    """The inner one in each place of the outer one, where it is an operand of numbers."""
    leaves = [Written("a"), Written("b")]
    within = written(GATES[inner], leaves[: len(OPERATORS[inner].operands)], {"index": (0,)})
    for place in range(len(OPERATORS[outer].operands)):
        if GATES[outer].compares and GATES[inner].compares:
            continue  # a < b < c would be one comparison of three
        operands = [Written("c"), Written("d")]
        operands[place] = within
        text = written(GATES[outer], operands, {"index": (0,)}).text
        tree: Any = ast.parse(text, mode="eval").body
        assert _meaning(tree) == outer, text
        parts = [part for part in ast.iter_child_nodes(tree) if isinstance(part, ast.expr)]
        assert _meaning(parts[place]) == inner, text


def _meaning(node: Any) -> str:
    sign = node.ops[0] if isinstance(node, ast.Compare) else getattr(node, "op", node)
    return BY_NODE[type(sign).__name__]


def test_a_step_is_written_with_what_stands_inside_of_it() -> None:
    step = Step("f", "mul", ("x + y", -2.0))
    assert spelled(step, {"x + y": Written("x + y", 1)}) == Written("(x + y) * -2.0", 2)
    assert spelled(step, {}).text == "x + y * -2.0"  # it has a name of its own


def test_a_negative_number_binds_as_a_minus_does() -> None:
    assert number(-2.0).within(OPERATORS["pow"].operands[0]) == "(-2.0)"
    assert number(2.0).within(9) == "2.0"
    assert number(float("nan")).text == "nan"


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ((0,), "0"),
        ((slice(1, None), slice(None, None, 2)), "1:, ::2"),
        ((slice(None), None, ..., -1), ":, None, ..., -1"),
        (([0, 2], "rows"), "[0, 2], rows"),
        ((slice(3, 0, -2),), "3:0:-2"),
    ],
)
def test_an_index_is_written_as_python_has_it(items: tuple[Any, ...], text: str) -> None:
    assert index_text(items) == text
    assert index_text(items, lambda name: f"_{name}") == text.replace("rows", "_rows")


@pytest.mark.parametrize(
    ("op", "text"),
    [
        ("neg", "-x"),
        ("index", "x[…]"),
        ("sum", "sum(x, axis=None, keepdims=False)"),
        ("concat", "concat(x, y, …, axis=0)"),
        ("reshape", "reshape(x, shape=…)"),
    ],
)
def test_the_usage_of_an_operation_tells_its_defaults(op: str, text: str) -> None:
    assert usage(OPERATIONS[op]) == text
