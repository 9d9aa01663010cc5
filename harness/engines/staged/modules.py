"""``numpy`` and ``math`` as staged code sees them: the real ones, but for values with a history."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.staged import functions, shapes
from harness.engines.staged.nodes import OTHER
from harness.engines.staged.values import BLANK, Blank, Value, note, plain, raw

CONSTRUCTORS: Final = frozenset(
    {"zeros", "ones", "empty", "full", "arange", "linspace", "eye", "identity", "indices"}
)
"""What makes arrays of sizes."""


class Numpy(ModuleType):
    """numpy, whose functions take values also in lists, and as sizes."""

    def __init__(self, whole: Any = np) -> None:
        super().__init__(whole.__name__)
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        if name == "vectorize":
            return _vectorized
        found = getattr(self._whole, name)
        if isinstance(found, ModuleType):
            return Numpy(found) if name in ("linalg", "lib", "core") else found
        if isinstance(found, (type, np.ufunc)) or not callable(found):
            return found
        return _aware(found, name)


def _aware(function: Any, name: str) -> Callable[..., Any]:
    def call(*args: Any, **given: Any) -> Any:
        every = list(shapes.every((*args, *given.values())))
        if not any(isinstance(item, Value) for item in every):
            return function(*args, **given)
        if name in CONSTRUCTORS:
            if any(isinstance(item, Blank) for item in every):
                return BLANK
            if name == "full":
                return shapes.full(*args, **given)
            return function(*plain(args), **{key: plain(one) for key, one in given.items()})
        return functions.called(function, args, given)

    call.__name__ = name
    return call


def _vectorized(function: Callable[..., Any], **_: Any) -> Callable[[Any], Any]:
    """A function of one number, asked for each element."""

    def call(x: Any) -> Any:
        if not isinstance(x, Value):
            return np.vectorize(function)(x)
        if function is MATH.erf:
            return note("erf", [x], {}, np.vectorize(math.erf)(x.data))
        each = [function(item) for item in np.reshape(x, -1)]
        return np.reshape(shapes.array(each), x.shape)

    return call


NUMPY: Final = Numpy()

_UFUNCS: Final = {
    **{name: name for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh")},
    **{"asin": "arcsin", "acos": "arccos", "atan": "arctan", "fabs": "absolute", "pow": "power"},
    "atan2": "arctan2",
}


def _of_math(name: str) -> Any:
    real = getattr(math, name)
    if not callable(real):
        return real

    def call(*args: Any, **given: Any) -> Any:
        if any(isinstance(item, Blank) for item in args):
            return BLANK
        if not any(isinstance(item, Value) for item in args):
            return real(*args, **given)
        numbers = [raw(item).item() if isinstance(item, Value) else item for item in args]
        result = real(*numbers, **given)  # with math's own exceptions
        if name in _UFUNCS and len(args) == getattr(np, _UFUNCS[name]).nin:
            return getattr(np, _UFUNCS[name])(*args)
        if name == "log":
            return np.divide(np.log(args[0]), np.log(args[1]))
        if name in ("log2", "log10"):
            return np.divide(np.log(args[0]), math.log(int(name[3:])))
        if name in ("erf", "prod"):
            return note(name, list(args), {}, result)
        if isinstance(result, bool):
            return result
        return note(OTHER, [item for item in args if isinstance(item, Value)], {}, result,
                    told=f"math.{name}")  # fmt: skip

    return call


MATH: Final = ModuleType("math")
vars(MATH).update(
    {name: _of_math(name) for name in dir(math) if not name.startswith("__")},
)


class _Called(type):
    """What makes ``float(x)`` keep the history of ``x``."""

    def __call__(cls, item: Any = 0.0) -> Any:
        return item if isinstance(item, Value) else float(item)

    def __instancecheck__(cls, item: Any) -> bool:
        return isinstance(item, float)


class _Float(metaclass=_Called):
    """Python's float, also where a type of numbers is asked for."""

    dtype = np.dtype(float)


def _extremum(op: str) -> Callable[..., Any]:
    real = getattr(builtins, op)

    def choose(*args: Any, **given: Any) -> Any:
        if given or len(args) < 2 or not any(isinstance(item, Value) for item in args):
            return real(*args, **given)
        chosen = args[0]
        for item in args[1:]:
            chosen = getattr(np, f"{op}imum")(chosen, item)
        return chosen

    return choose


BUILTINS: Final = {"float": _Float, "max": _extremum("max"), "min": _extremum("min")}
"""What takes the place of Python's own functions."""
