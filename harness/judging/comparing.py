"""Whether two numbers are the same, within a case's tolerance."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import numpy as np

from harness.engines.trace import Trace
from harness.language.case import Case, Tolerance
from harness.vocabulary.program import DIRECTIONS, Array

TOLERANCES: Final = {"float64": (1e-9, 1e-12), "float32": (1.3e-6, 1e-5)}
"""(rtol, atol) by dtype. In float64 atol is times the case's largest magnitude; float32's are
torch's own (``torch.testing.assert_close``)."""

ROUNDINGS: Final = 64 * 2.0**-53
"""The relative error of some roundings in float64."""


_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def quiet(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Keeps numpy's warnings of what an engine's odd numbers come to from whoever runs it."""

    @wraps(function)
    def silenced(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return silenced


def numbers(trace: Trace, direction: str) -> Mapping[str, Array]:
    """What a trace says of a direction: values, gradients, or gradients of gradients."""
    tables = (trace.values, trace.gradients, trace.second)
    return dict(zip(DIRECTIONS, tables, strict=True))[direction]


def tolerances(case: Case, truth: Trace, direction: str) -> tuple[float, float]:
    """(rtol, atol) for a direction of a case: its own where given, else its dtype's."""
    rtol, atol = TOLERANCES[case.program.dtype]
    size = largest(numbers(truth, direction))
    if case.program.dtype == "float64":
        atol *= size
        if direction == "second":  # is made of gradients, which are rounded
            atol = max(atol, ROUNDINGS * largest(truth.gradients))
    elif not truth.typed:  # nobody has chosen the case's numbers with float32 in mind
        atol *= min(1.0, size)
    own: Tolerance | None = case.tolerance
    if own is not None:
        rtol = rtol if own.rtol is None else own.rtol
        atol = atol if own.atol is None else own.atol
    return rtol, atol


def largest(arrays: Mapping[str, Array]) -> float:
    """The largest finite magnitude among the arrays; 1.0 if there is none."""
    best = 0.0
    for array in arrays.values():
        if not array.shape:  # a plain number: far quicker than numpy
            size = abs(float(array))
            best = size if best < size < float("inf") else best
        elif array.dtype.kind == "f" and array.size:
            finite = np.abs(array[np.isfinite(array)])
            best = max(best, float(finite.max(initial=0.0)))
    return best or 1.0


def close(got: Array, expected: Array, rtol: float, atol: float) -> bool:
    """Same shape, and every element within tolerance; NaN equals NaN, inf an inf of its sign."""
    if got.shape != expected.shape:
        return False
    if not got.shape:  # a plain number: far quicker than numpy
        one, other = float(got), float(expected)
        if one == other or (one != one and other != other):
            return True
        return abs(one - other) <= atol + rtol * abs(other) < float("inf")
    if got.dtype == expected.dtype and got.tobytes() == expected.tobytes():
        return True  # as mostly, and far quicker, too
    with np.errstate(all="ignore"):
        return bool(np.isclose(got, expected, rtol, atol, equal_nan=True).all())


def worst(got: Array, expected: Array, rtol: float, atol: float) -> tuple[tuple[int, ...], float]:
    """Where two arrays of one shape differ most, and the relative error there."""
    with np.errstate(all="ignore"):
        right = np.isclose(got, expected, rtol, atol, equal_nan=True)
        error = np.abs(got - expected) / np.maximum(np.abs(expected), np.finfo(float).tiny)
    error = np.where(right, -1.0, np.where(np.isfinite(error), error, np.inf))
    if not error.size:
        return (), 0.0
    place = np.unravel_index(int(np.argmax(error)), error.shape)
    return tuple(int(i) for i in place), float(error[place])
