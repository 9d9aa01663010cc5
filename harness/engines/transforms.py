"""Engines that transform functions: ``grad(f)`` is a function that computes f's gradient.

They know no intermediate steps. So a zero is added to each step, and the gradient by that zero is
the gradient of the step. It is -0.0, which alone leaves every number as it is: -0.0 + 0.0 is 0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import product
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.asking import TRANSFORMS, USUAL, WAYS, Asking, likely_names
from harness.engines.clock import tried
from harness.engines.conventions import Conventions, Way, reader
from harness.engines.engine import Unsupported
from harness.engines.numbers import as_array, number_in
from harness.engines.running.forward import DOUBLE_ONLY, Run, RunningEngine, Tap, given
from harness.engines.running.lacks import BACKWARD
from harness.engines.running.ways import value_ways
from harness.engines.trace import Trace
from harness.engines.writing import functions
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.examples import example
from harness.vocabulary.program import Array, Program, Step, Value

SIMPLE: Final = ("sum", "mean", "exp", "tanh")
"""Functions that show whether arrays stay in float32."""

MAX_ZEROS, MAX_ALONE = 500, 60
"""Up to so many steps get a zero, and up to so many where each may take a run of its own; a longer
program is judged on its leaves."""


POINT: Final = 1.625
"""Where a function is differentiated to see what it is called with."""


class _Seen(BaseException):
    """Ends a function when the numbers of its steps have been seen."""


class FunctionEngine(RunningEngine):
    """Runs a program as a function of its inputs, made of operators and ``module``'s functions.

    By default the engine computes on floats and numpy's arrays, and ``module.grad(f)``, or whatever
    else of :data:`TRANSFORMS` is there, gives the gradient of ``f``. An adapter overrides
    :meth:`gradients`, and ``wrap`` and ``value`` where the engine has numbers of its own.
    """

    conventions = Conventions(backward=None)
    symbolic = False
    """Whether functions are called with objects of the engine's that hold no numbers, ``cls``."""

    def __init__(self, module: ModuleType | None = None) -> None:
        super().__init__(module=module)

    def wrap(self, value: Value) -> Any:
        """What the engine computes with: the float or the array itself."""
        return value

    def value(self, node: Any) -> Any:
        """The value of what the engine computes with."""
        return node

    def gradients(self, function: Callable[..., Any], point: Sequence[Any]) -> list[Any]:
        """The gradients of ``function``, a number, by each of its arguments at ``point``."""
        name, way = self.how
        return way.gradients(self.transforming(name), function, point)

    def transforming(self, name: str) -> Any:
        """What makes gradients, a function or a method of a new object: ``Machine.grad``."""
        owner, _, method = name.rpartition(".")
        return getattr(getattr(self.module, owner)() if owner else self.module, method, None)

    @cached_property
    def how(self) -> tuple[str, Asking]:
        """What makes gradients of functions, by its name, and how it is called; the usual where
        nothing does."""
        return self.transform or ("grad", USUAL)

    @cached_property
    def transform(self) -> tuple[str, Asking] | None:
        """The first name and way by which one has the right derivatives of x * x * y; or a usual
        name, by which one has numbers for both of its arguments."""
        usual = [name for name in TRANSFORMS if callable(getattr(self.module, name, None))]
        likely: list[tuple[str, Asking]] = []
        for name, way in product([*usual, *likely_names(self.module)], WAYS):
            with tried():
                found = list(map(as_array, self._tried(name, way)))
                if list(map(float, found)) == [1.5, 2.25]:
                    return name, way
                if name in usual and [item.shape for item in found] == [(), ()]:
                    likely.append((name, way))
        return next(iter(likely), None)

    def _tried(self, name: str, way: Asking) -> list[Any]:
        """What one has for x * x * y at 1.5 and 0.5."""
        point = [self.wrap(1.5), self.wrap(0.5)]
        return way.gradients(self.transforming(name), lambda x, y: x * x * y, point)

    @cached_property
    def mixes(self) -> bool:
        """Whether functions work on each argument, also of those by which is not differentiated
        just then; true where there is no function to see it by."""
        known = [op for op in SIMPLE[2:] if self.has(op)]
        for op in known:
            with tried():
                point = [self.wrap(1.5), self.wrap(0.5)]
                self.gradients(lambda x, y, op=op: self.on(op, x) * self.on(op, y), point)
                return True
        return not known

    @cached_property
    def reads(self) -> Way | None:
        """Where the engine's own objects, which it calls functions with, have their numbers; None
        where it calls them with plain ones, or does not tell."""
        own = self.called_with
        return None if own is None else next(iter(value_ways(own, POINT)), None)

    @cached_property
    def called_with(self) -> Any:
        """An object of the engine's own that it calls functions with; None where that is a plain
        number, or is not seen."""
        seen: list[Any] = []

        def squared(x: Any) -> Any:
            seen.append(x)
            return x * x

        with tried():
            self.gradients(squared, [self.wrap(POINT)])
        return next((node for node in seen if number_in(node) is None), None)

    @property
    def symbols(self) -> type | None:
        """The class of these objects where they hold no numbers, so that only the answer tells what
        a function's value is."""
        tells = self.transform is not None and self.transform[1].reading != ""
        return type(self.called_with) if tells and self.reads is None else None

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
        return self.has("sum") or self.has("mean")

    @cached_property
    def keeps_single(self) -> bool:
        """Whether some function's result for an array of float32 is one, too."""
        point = np.array([0.5, 1.5], np.float32)
        for op in SIMPLE if self.takes_arrays else ():
            with tried():
                if as_array(self.value(self.on(op, self.wrap(point)))).dtype == np.float32:
                    return True
        return False

    @cached_property
    def confuses_passes(self) -> bool:
        """Whether a gradient that is taken inside of another function is mixed up with that one's,
        as dual numbers do that are not told apart: the slope of x * (x + y)', by y, is 1, not 2.
        (Siskind and Pearlmutter, 2008, call it perturbation confusion.)"""

        def product_with_slope(x: Any) -> Any:
            (slope,) = self.gradients(lambda y: self.on("add", x, y), [self.wrap(1.5)])
            return self.on("mul", x, slope)

        with tried():
            (found,) = self.gradients(product_with_slope, [self.wrap(0.5)])
            return bool(as_array(found) == 2.0)
        return False

    def at_once(self, program: Program) -> bool:
        """Whether one call gives all gradients, which a single argument has in any way."""
        return len(program.inputs) == 1 or self.how[1].together

    def _has_overload(self, op: str) -> bool:
        """Whether it takes such operands as the engine calls functions with."""
        operands, parameters = example(op)

        def called(*leaves: Any) -> Any:
            self._call(op)(list(leaves), parameters)
            raise _Seen

        leaves = [self.wrap(np.array(x) if isinstance(x, list) else x) for x in operands]
        try:
            self.gradients(called, leaves)
        except _Seen:
            return True
        except Exception:
            return False
        return False

    # -- running a program -------------------------------------------------------------------------

    def forward(
        self, run: Run, leaves: Mapping[str, Any] | None = None, tap: Tap | None = None
    ) -> dict[str, Any]:
        """As ever; where the engine's own objects tell their numbers, it is these that are judged,
        and not what its functions make of plain numbers."""
        plain = self.reads is None and not self.symbolic
        if leaves is not None or tap is not None or plain:
            return super().forward(run, leaves, tap)
        program = run.program
        if self.symbolic:
            return self._symbolically(run)

        def output(*arguments: Any) -> Any:
            nodes = dict(zip(program.inputs, arguments, strict=True))
            run.values |= {name: self._number(node) for name, node in nodes.items()}
            super(FunctionEngine, self).forward(run, nodes, keep)
            raise _Seen

        def keep(name: str, node: Any, before: Mapping[str, Any]) -> Any:
            if not program.by_name[name].operation.compares:
                run.values[name] = self._number(node)
            return node

        with suppress(_Seen):
            self.gradients(output, [self._point(name, run) for name in program.inputs])
        return dict(run.nodes)

    def _symbolically(self, run: Run) -> dict[str, Any]:
        """Where the engine's objects are symbols: each step's value is that of a function which
        ends with it."""
        program, (name, way) = run.program, self.how
        point = [self._point(leaf, run) for leaf in program.inputs]
        run.values |= {leaf: as_array(x) for leaf, x in zip(program.inputs, point, strict=True)}
        for step in program.steps:

            def output(*arguments: Any, last: str = step.name) -> Any:
                nodes = dict(zip(program.inputs, arguments, strict=True))
                return super(FunctionEngine, self).forward(run, nodes)[last]

            if not step.operation.compares:
                value = way.value(self.transforming(name), output, point)
                run.values[step.name] = as_array(value)
        return dict(run.nodes)

    def number_of(self, step: Step, operands: list[Any]) -> Any:
        """As ever; where functions are called with the engine's own objects, in such a function."""
        if self.reads is None and not self.symbolic:
            return super().number_of(step, operands)
        leaves = {i: x for i, x in enumerate(operands) if isinstance(x, float | np.ndarray)}
        seen: list[Any] = []

        def output(*arguments: Any) -> Any:
            given = {**dict(enumerate(operands)), **dict(zip(leaves, arguments, strict=True))}
            seen.append(self.apply(step, list(given.values())))
            if not self.symbolic:
                raise _Seen
            return seen[-1]

        name, way = self.how
        with suppress(_Seen):
            return way.value(self.transforming(name), output, list(leaves.values()))
        return self._number(seen[-1])

    def _number(self, node: Any) -> Array:
        """What an object of the engine's says that its number is, or a plain number."""
        plain = self.reads is None or number_in(node) is not None
        return as_array(self.value(node) if plain else reader(self.reads or ())(node))

    def rank_of(self, node: Any) -> int:
        """How many axes there are, also in an object that holds another one."""
        while self.reads is not None and number_in(node) is None:
            node = reader(self.reads)(node)
        return super().rank_of(node)

    def inspect(self, run: Run) -> None:
        """Whether it computes in float32 at all where that is asked for."""
        program = run.program
        if program.dtype == "float32" and not program.scalar and not self.keeps_single:
            raise Unsupported(DOUBLE_ONLY)

    def differentiate(self, run: Run) -> None:
        """The gradient by every input and every step's zero; by the inputs alone where forward mode
        has nan for what only the harness asks for."""
        program = run.program
        steps = [step.name for step in program.steps if step.name in program.differentiable]
        run.leaves_only = len(steps) > self._most_zeros
        names = [*program.inputs, *([] if run.leaves_only else steps)]
        point = [self._point(name, run) for name in names]
        gradients = {}
        for name, gradient in zip(
            names, self.gradients(self._function(names, run), point), strict=True
        ):
            run.place.move("backward", name)
            gradients[name] = as_array(gradient)
        if _is_lost(program, gradients):
            run.leaves_only = True
            gradients = {name: gradients[name] for name in program.inputs}
        run.gradients |= gradients

    def finished(self, run: Run) -> Trace:
        """The trace."""
        return Trace(run.values, run.gradients, leaves_only=run.leaves_only)

    def second_order(self, run: Run) -> Iterator[tuple[str, Array]]:
        """By the gradients of a function that is made of gradients."""
        run.place.move("second", None)
        if self.confuses_passes:
            raise Unsupported("a gradient inside of another function's is mixed up with that one")
        program, names = run.program, list(run.program.inputs)
        output = self._function(names, run)

        def weighted(*arguments: Any) -> Any:
            return self.weighted_sum(self.gradients(output, arguments), program)

        point = [self._point(name, run) for name in names]
        for name, gradient in zip(names, self.gradients(weighted, point), strict=True):
            yield name, as_array(gradient)

    def lacks_second(self, error: BaseException) -> str | None:
        """That it has no gradients of gradients, whatever the exception."""
        told = " ".join(str(error).split())[:100] or type(error).__name__
        return f"gradients of gradients ({told})"

    @property
    def _most_zeros(self) -> int:
        if self.leaves_alone:
            return 0
        return MAX_ZEROS if self.overrides("gradients") or self.how[1].at_once else MAX_ALONE

    def _point(self, name: str, run: Run) -> Any:
        """An input's value, or a step's zero."""
        program = run.program
        if name in program.inputs:
            return self.wrap(given(program.inputs[name], program))
        plain = program.scalar
        return self.wrap(-0.0 if plain else np.full(run.values[name].shape, -0.0, program.dtype))

    def _function(self, names: Sequence[str], run: Run) -> Callable[..., Any]:
        """The output, contracted with the seed to a number, as a function of inputs and zeros."""
        program = run.program

        def output(*arguments: Any) -> Any:
            point = dict(zip(names, arguments, strict=True))

            def add_zero(name: str, node: Any, before: Mapping[str, Any]) -> Any:
                return self.on("add", node, point[name]) if name in point else node

            again = Run(program, values=run.values)
            nodes = self.forward(again, {name: point[name] for name in program.inputs}, add_zero)
            return self.weighted(nodes[program.output], program.seed, program)

        return output

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the engine's functions and ``grad``."""
        return functions.written(
            self, self.how, program, asked, self.renewed(), self.reads is not None
        )

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        name, way = self.how
        owner, _, method = name.rpartition(".")
        called = f"{owner}().{method}" if owner else name
        how = way.text.replace("grad", called, 1) + way.reading
        return [
            languages.told("engine", "functions-of", module=getattr(self.module, "__name__", "?")),
            languages.told("engine", "gradients-by", how=how),
        ]


def _is_lost(program: Program, gradients: Mapping[str, Array]) -> bool:
    """Whether the output's gradient is nan, though its seed is none: in the pass for its zero an
    infinite derivative below is taken times 0. Reverse mode comes by no derivative on its way."""
    found = gradients.get(program.output)
    return found is not None and bool(np.isnan(found).any() and not np.isnan(program.seed).any())
