"""How an operation is called: each convention on its own, without an engine around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.engines.adapter import Unsupported
from harness.engines.running.calling import Call, fits, of_class
from harness.engines.running.telling import parameters_of
from harness.vocabulary.signatures import OPERATIONS

X = np.arange(6.0).reshape(2, 3)


def called(op: str, function: Callable[..., Any], name: str = "", **given: Any) -> Any:
    """What comes of an operation of one operand, with the parameters that are written."""
    return Call.of(op, name or op, function)([X], given)


def test_a_parameter_goes_by_the_name_that_the_function_has_for_it() -> None:
    assert called("sum", lambda x, dim=None, keepdim=False: (dim, keepdim), axis=1) == (1, False)


def test_a_parameter_is_left_out_where_the_function_has_the_same_default() -> None:
    seen: list[Any] = []

    def total(x: Any, axis: Any = None, keepdims: Any = False) -> None:
        seen.append((axis, keepdims))

    called("sum", total, axis=None)
    assert seen == [(None, False)]


def test_another_default_of_the_function_is_overruled() -> None:
    assert called("softmax", lambda x, axis=0: axis) == -1


def test_a_required_parameter_of_an_unknown_name_goes_by_its_place() -> None:
    assert called("cumsum", lambda x, along: along, axis=1) == 1


def test_a_parameter_that_the_function_does_not_have_is_lacking() -> None:
    with pytest.raises(Unsupported, match="sum with axis"):
        called("sum", lambda x: x, axis=1)
    assert called("sum", lambda x: "all") == "all"


def test_a_shape_is_spread_where_the_function_takes_any_number() -> None:
    assert called("reshape", lambda x, *shape: shape, shape=(3, 2)) == (3, 2)


def test_an_empty_shape_is_no_argument_to_what_spreads() -> None:
    assert called("reshape", lambda x, *shape: shape, shape=()) == ()


def test_operands_of_any_number_come_in_a_list_or_spread() -> None:
    together = Call.of("concat", "concat", lambda parts, axis=0: (len(parts), axis))
    apart = Call.of("concat", "concat", lambda *parts, axis=0: (len(parts), axis))
    assert together([X, X], {"axis": 1}) == apart([X, X], {"axis": 1}) == (2, 1)


def test_an_equation_comes_first() -> None:
    call = Call.of("einsum", "einsum", lambda equation, *operands: (equation, len(operands)))
    assert call([X, X], {"equation": "ij,ij->"}) == ("ij,ij->", 2)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, axes: np.transpose(x, axes),
        lambda x, *axes: np.transpose(x, axes),
        lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1),
        lambda x, i, j: np.swapaxes(x, i, j),
        lambda x: x.T,
    ],
    ids=["order", "order spread", "two by name", "two by place", "matrix"],
)
def test_axes_are_exchanged_as_the_function_wants_it(function: Callable[..., Any]) -> None:
    exchanged = called("transpose", function, "transpose", axis0=-1, axis1=0)
    np.testing.assert_array_equal(exchanged, X.T)


def test_a_transpose_of_a_matrix_alone_takes_no_other_axes() -> None:
    with pytest.raises(Unsupported, match="other than a matrix"):
        called("transpose", lambda x: x, "transpose", axis0=0, axis1=0)


@pytest.mark.parametrize(
    "function",
    [lambda x, axes: np.transpose(x, axes), lambda x, *axes: np.transpose(x, axes)],
    ids=["one argument", "spread"],
)
def test_all_axes_are_told_in_one_or_one_after_the_other(function: Callable[..., Any]) -> None:
    np.testing.assert_array_equal(called("permute", function, axes=(1, 0)), X.T)


def test_what_a_decorator_hides_is_spelt_as_usual_names_go() -> None:
    def total(x: Any, dim: Any = None) -> Any:
        return dim

    def hidden(*args: Any, **keywords: Any) -> Any:
        return total(*args, **keywords)

    assert called("sum", hidden, axis=1) == 1


def test_what_a_decorator_hides_may_go_by_its_place() -> None:
    assert called("sum", lambda *things: things[1:], axis=1) == (1,)


def test_a_class_that_passes_on_what_it_is_given_is_told_by_place() -> None:
    class Softmax:
        @staticmethod
        def forward(context: Any, x: Any, other: int = 7, axis: int = 0) -> Any:
            return other, axis

        @classmethod
        def apply(cls, *args: Any) -> Any:
            return cls.forward(None, *args)

    call = of_class("softmax", "Softmax", Softmax)
    assert call is not None and call.kind == "class with apply, Softmax.apply"
    assert call([X], {"axis": -1}) == (7, -1)


def test_parameters_of_a_class_go_to_whichever_of_its_two_calls_takes_them() -> None:
    class Sum:
        def __init__(self, axis: Any = None) -> None:
            self.axis = axis

        def __call__(self, *operands: Any, **given: Any) -> Any:
            return self.axis, given

    call = of_class("sum", "Sum", Sum)
    assert call is not None
    assert call([X], {"axis": 1, "keepdims": True}) == (1, {"keepdims": True})


def test_a_class_that_can_not_be_called_is_no_operation() -> None:
    assert of_class("sum", "Sum", type("Sum", (), {})) is None


@pytest.mark.parametrize(
    ("op", "function", "can_be"),
    [
        ("maximum", lambda x, axis: x, False),
        ("maximum", lambda x, y: x, True),
        ("max", lambda x, y: x, False),
        ("max", lambda x, axis=None: x, True),
        ("reshape", lambda x: x, False),
        ("transpose", lambda x: x, True),
    ],
)
def test_a_signature_tells_an_operation_from_another_of_its_name(
    op: str, function: Callable[..., Any], can_be: bool
) -> None:
    assert fits(OPERATIONS[op], parameters_of(function), op) is can_be
