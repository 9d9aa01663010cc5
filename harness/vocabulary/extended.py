"""Beyond float64: what the formulas are computed with in more digits, or along a direction.

For a number ``x + i h v`` with a very small ``h``, the imaginary part of a formula's result, by
``h``, is the formula's derivative along ``v``, without the cancellation of a difference quotient
(Squire and Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review
40, 1998). Here is what numpy defines otherwise for complex numbers (it compares them by their real
parts first), or in float64 alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import numpy as np

Array = Any  # arrays of numpy's longdouble, or of complex numbers


def _abs(x: Array) -> Array:
    return np.where(np.real(x) < 0, -x, x)


def _sign(x: Array) -> Array:
    return np.sign(np.real(x))


def _erf(x: Array) -> Array:
    """By the series 2/sqrt(pi) exp(-x**2) sum(2**n x**(2n+1) / (1*3*...*(2n+1))), whose terms have
    one sign (Abramowitz and Stegun 7.1.6). Its derivative is 2/sqrt(pi) exp(-x**2)."""
    real = np.clip(np.real(x), -7.0, 7.0)  # erf(7) is 1 to 22 digits
    slope = 2.0 / np.sqrt(np.longdouble(math.pi)) * np.exp(-(np.real(x) ** 2))
    term = total = real
    for n in count(1):
        term = term * 2 * real**2 / (2 * n + 1)
        if not np.any(np.abs(term) > np.finfo(np.longdouble).eps * np.abs(total)):
            break
        total = total + term
    value = 2.0 / np.sqrt(np.longdouble(math.pi)) * np.exp(-(real**2)) * total
    return value + 1j * np.imag(x) * slope if np.iscomplexobj(x) else value


def _var(x: Array, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Array:
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    total = np.sum(deviation**2, axis=axis, keepdims=keepdims)
    return total / (np.size(x) / max(np.size(total), 1) - ddof)


def _std(x: Array, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Array:
    return np.sqrt(_var(x, axis, keepdims, ddof))


def _arctan2(y: Array, x: Array) -> Array:
    """The angle of (x, y): that of their real parts, turned by how much the others add to it."""
    angle = np.arctan2(np.real(y), np.real(x))
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return angle
    square = np.real(x) ** 2 + np.real(y) ** 2
    return angle + 1j * (np.real(x) * np.imag(y) - np.real(y) * np.imag(x)) / square


def _sigmoid(x: Array) -> Array:
    small = np.exp(-_abs(x))  # never overflows
    return np.where(np.real(x) < 0, small, 1.0) / (1.0 + small)


def _logaddexp(x: Array, y: Array) -> Array:
    return np.maximum(x, y) + np.log1p(np.exp(-_abs(x - y)))


FUNCTIONS: Final[Mapping[str, Callable[..., Array]]] = {
    "abs": _abs,
    "sign": _sign,
    "erf": _erf,
    "arctan2": _arctan2,
    "sigmoid": _sigmoid,
    "logaddexp": _logaddexp,
    "copy": np.real,  # what is detached stays where it is
    "var": _var,
    "std": _std,
}
