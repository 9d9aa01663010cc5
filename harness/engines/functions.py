"""Engines that transform functions: ``grad(f)`` is a function that computes f's gradient.

They know no intermediate steps. So a zero is added to each step, and the gradient by that zero is
the gradient of the step.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.answers import Place, as_array
from harness.engines.calls import operate
from harness.engines.clock import attempt
from harness.engines.conventions import Conventions
from harness.engines.lacks import BACKWARD
from harness.engines.objects import ObjectEngine
from harness.engines.trace import Trace
from harness.vocabulary.program import Array, Program, Step, Value, default_seed

TRANSFORMS: Final = ("grad", "gradient", "gradients", "derivative", "diff", "pullback", "vjp")
"""What a function may be called that makes of a function its gradient."""

MAX_ZEROS, MAX_ALONE = 500, 60
"""Up to so many steps get a zero, and up to so many where each may take a run of its own; a longer
program is judged on its leaves."""


class FunctionEngine(ObjectEngine):
    """Runs a program as a function of its inputs, made of operators and ``module``'s functions.

    By default the engine computes on floats and numpy's arrays, and ``module.grad(f)``, or whatever
    else of :data:`TRANSFORMS` is there, gives the gradient of ``f``.
    """

    def __init__(self, module: ModuleType | None = None) -> None:
        super().__init__(module=module)
        self.conventions = Conventions(backward=None)

    def wrap(self, value: Value) -> Any:
        """What the engine computes with: the float or the array itself."""
        return value

    def value(self, node: Any) -> Any:
        """The value of what the engine computes with."""
        return node

    def _operator(self, op: str, operands: list[Any]) -> Any:
        """Python's own: what the engine computes with are numbers and arrays."""
        return operate(op, operands)

    def gradients(self, function: Callable[..., Any], point: Sequence[Any]) -> list[Any]:
        """The gradients of ``function``, a number, by each of its arguments at ``point``."""
        name, way = self.transform or ("grad", "grad(f)(x)")
        return _WAYS[way](getattr(self.module, name), function, point)

    @cached_property
    def transform(self) -> tuple[str, str] | None:
        """What makes gradients of functions, by its name, and the way to call it: the first with
        which one has numbers for both arguments of a product. None if there is none."""
        for name in TRANSFORMS:
            for way in _WAYS if callable(getattr(self.module, name, None)) else ():
                try:
                    with attempt():
                        point = [self.wrap(1.5), self.wrap(0.5)]
                        found = _WAYS[way](getattr(self.module, name), lambda x, y: x * y, point)
                        if [as_array(item).shape for item in found] == [(), ()]:
                            return name, way
                except Exception:
                    continue
        return None

    @cached_property
    def no_backward(self) -> str | None:
        """Why the engine has no gradients at all: ``grad`` is not written yet."""
        try:
            found = self.gradients(lambda x: x * x, [self.wrap(1.5)])
        except NotImplementedError:
            return BACKWARD
        except Exception:
            return None
        return f"{BACKWARD} (grad(f) gives None yet)" if found == [None] else None

    @cached_property
    def takes_arrays(self) -> bool:
        """Operators and indexing are the arrays' own, so the functions tell."""
        return any(self.place_of(op) != "missing" for op in ("sum", "mean"))

    @property
    def _most_zeros(self) -> int:
        if self.leaves_alone:
            return 0
        _, way = self.transform or ("grad", "")
        return MAX_ZEROS if self.overrides("gradients") or way in _AT_ONCE else MAX_ALONE

    def at_once(self, program: Program) -> bool:
        """Whether one call gives all gradients, which a single argument has in any way."""
        _, way = self.transform or ("grad", "")
        return len(program.inputs) == 1 or way in _TOGETHER

    # -- running a program -----------------------------------------------------------------------

    def run(self, program: Program) -> Trace:
        """Forward, then the gradient by every input and every step's zero."""
        if not program.scalar and not self.takes_arrays:
            return Trace({}, unsupported="arrays (no sum, mean, reshape, @ or indexing)")
        endless = self.endless(program)
        values: dict[str, Array] = {}
        place = Place()
        names: list[str] = []
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                self._forward(program, values, place)
                place.move("backward", None)
                if endless is not None:
                    raise endless
                steps = [s.name for s in program.steps if s.name in program.differentiable]
                leaves_only = len(steps) > self._most_zeros
                names = [*program.inputs, *([] if leaves_only else steps)]
                point = [self._point(name, program, values) for name in names]

                def output(*arguments: Any) -> Any:
                    return self._output(program, values, dict(zip(names, arguments, strict=True)))

                found = self.gradients(output, point)
                gradients = {}
                for name, gradient in zip(names, found, strict=True):
                    place.move("backward", name)
                    gradients[name] = as_array(gradient)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._stopped(Trace(values), program, place, error)
        trace = Trace(values, gradients, leaves_only=leaves_only)
        return self._twice(program, trace) if program.order == 2 else trace

    def _point(self, name: str, program: Program, values: Mapping[str, Array]) -> Any:
        """An input's value, or a step's zero."""
        if name in program.inputs:
            return self.wrap(self._leaf(program.inputs[name], program))
        shape = values[name].shape
        zero: Value = 0.0 if program.scalar else np.zeros(shape, dtype=program.dtype)
        return self.wrap(zero)

    def _output(self, program: Program, values: dict[str, Array], point: Mapping[str, Any]) -> Any:
        """The output at ``point``, contracted with the seed to a number."""

        def add_zero(name: str, node: Any, before: Mapping[str, Any]) -> Any:
            return node + point[name] if name in point else node

        leaves = {name: point[name] for name in program.inputs}
        nodes = self._forward(program, values, Place(), add_zero, leaves)
        return self._weighed(nodes[program.output], program.seed, program)

    def _weighed(self, node: Any, weights: Value, program: Program) -> Any:
        if isinstance(weights, float):
            return self.apply(Step("", "mul", ("node", weights)), [node, weights])
        factor = self.wrap(weights.astype(program.dtype))
        product = self.apply(Step("", "mul", ("node", "weights")), [node, factor])
        return self.apply(Step("", "sum", ("product",)), [product])

    def _twice(self, program: Program, trace: Trace) -> Trace:
        values = dict(trace.values)
        names = list(program.inputs)
        place = Place()
        second: dict[str, Array] = {}

        def output(*arguments: Any) -> Any:
            return self._output(program, values, dict(zip(names, arguments, strict=True)))

        def weighted(*arguments: Any) -> Any:
            first = self.gradients(output, arguments)
            terms = [
                self._weighed(dx, default_seed(program.shapes[name]), program)
                for name, dx in zip(names, first, strict=True)
            ]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
            return total

        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                place.move("second", None)
                point = [self._point(name, program, values) for name in names]
                for name, dd in zip(names, self.gradients(weighted, point), strict=True):
                    second[name] = as_array(dd)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            lack = " ".join(str(error).split())[:100] or type(error).__name__
            return replace(trace, lacks_second=f"gradients of gradients ({lack})")
        return replace(trace, second=second)

    def _conventions(self, changed: Sequence[str]) -> list[str]:
        name, way = self.transform or ("grad", "grad(f)(x)")
        how = way.replace("grad", name, 1)
        return [
            f"functions  of module {getattr(self.module, '__name__', '?')}",
            f"gradients  {how}; of a step, by a zero that is added to it",
        ]


def _parts(function: Callable[..., Any], point: Sequence[Any]) -> list[Callable[[Any], Any]]:
    """The function of each argument alone, the others as they are."""
    return [
        lambda x, i=i: function(*point[:i], x, *point[i + 1 :])  # type: ignore[misc]
        for i in range(len(point))
    ]


_Way = Callable[[Any, Callable[..., Any], Sequence[Any]], list[Any]]

_WAYS: Final[Mapping[str, _Way]] = {
    "grad(f, argnums=…)(x, y)": lambda grad, f, at: list(grad(f, argnums=_all(at))(*at)),
    "grad(f, argnum=…)(x, y)": lambda grad, f, at: list(grad(f, argnum=_all(at))(*at)),
    "grad(f)(x)": lambda grad, f, at: [
        grad(part)(x) for part, x in zip(_parts(f, at), at, strict=True)
    ],
    "grad(f)([x, y])": lambda grad, f, at: list(grad(lambda xs: f(*xs))(list(at))),
    "grad(f, x)": lambda grad, f, at: [
        grad(part, x) for part, x in zip(_parts(f, at), at, strict=True)
    ],
    "grad(f, [x, y])": lambda grad, f, at: list(grad(f, list(at))),
    "_, back = grad(f, x, y)": lambda grad, f, at: list(grad(f, *at)[1](1.0)),
}
"""How gradients may be asked for: what is called, a function of numbers, and where."""

_TOGETHER: Final = ("grad(f)([x, y])", "grad(f, [x, y])", "_, back = grad(f, x, y)")
"""Those that are told of all arguments in one call, and not of their numbers."""

_AT_ONCE: Final = ("grad(f, argnums=…)(x, y)", "grad(f, argnum=…)(x, y)", "_, back = grad(f, x, y)")
"""Those of them that take one run for all gradients."""


def _all(point: Sequence[Any]) -> tuple[int, ...]:
    return tuple(range(len(point)))
