"""A program through an engine: the frame of a run, its forward pass, and what stops it.

How gradients are had differs: :mod:`harness.engines.running.objects` for engines whose objects hold
them, :mod:`harness.engines.transforms` for those that make them of functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.conventions import shown
from harness.engines.engine import Unsupported
from harness.engines.failures import Place, failure, printable
from harness.engines.numbers import Unreadable, as_array, number_in
from harness.engines.running.applying import ApplyingEngine
from harness.engines.running.lacks import lack
from harness.engines.running.samples import sample
from harness.engines.trace import Breach, Failure, Trace
from harness.engines.undisturbed import unwarned
from harness.languages.width import padded, wide
from harness.vocabulary.bound import bind
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Array, Program, Step, Value, default_seed
from harness.vocabulary.signatures import OPERATIONS

Tap = Callable[[str, Any, Mapping[str, Any]], Any]
"""Is given a step's name, its object and all before it, and returns the object to go on with."""

OVERRIDDEN: Final = ("wrap", "value", "gradient", "gradients", "backward", "grad", "apply")
"""The methods that are told of an adapter that has them."""


DOUBLE_ONLY: Final = "float32 (its arrays are float64)"


@dataclass
class Run:
    """How far a program has come on an engine: the objects of its graph, and what was read of them.
    ``typed`` is true where objects have a dtype, which they must then keep, and ``boxed`` where a
    leaf holds a number as an array of one element: all that it leads to is read as numbers then."""

    program: Program
    values: dict[str, Array] = field(default_factory=dict)
    gradients: dict[str, Array] = field(default_factory=dict)
    nodes: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    """Gradients as they were read."""
    place: Place = field(default_factory=Place)
    typed: bool = False
    boxed: bool = False
    leaves_only: bool = False
    breach: Breach | None = None
    seed: Value | None = None

    def number(self, item: Any) -> Array:
        """What was read, as an array."""
        array = as_array(item)
        return array.reshape(()) if self.boxed and array.size == 1 else array


class RunningEngine(ApplyingEngine):
    """Runs programs. A subclass computes gradients in :meth:`differentiate`, makes the trace of a
    run that came to its end in :meth:`finished`, and has :meth:`second_order` for order 2."""

    nodes: Mapping[str, Any] = MappingProxyType({})
    """The objects of the graph that was built last, by name."""
    leaves: frozenset[str] = frozenset()
    """Those of them that are leaves, and that its output is made of."""

    def run(self, program: Program) -> Trace:
        """Forward, then backward; whatever the engine does wrong ends up in the trace."""
        if not program.scalar and not self.takes_arrays:
            return Trace({}, unsupported="arrays (no sum, mean, reshape, @ or indexing)")
        endless, run = self.endless(program), Run(program, typed=self.cls is None)
        try:
            with unwarned():
                if endless is not None and self.computes_anew:
                    run.place.move("forward", program.output)
                    raise endless
                self.forward(run)
                self.inspect(run)
                if not program.order:
                    return Trace(run.values, breach=run.breach, typed=run.typed)
                run.place.move("backward", None)
                if endless is not None:
                    raise endless
                self.differentiate(run)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._stopped(run, error)
        trace = self.finished(run)
        if program.order == 2 and not trace.lacks_backward:
            return self._twice(trace, program)
        return trace

    def inspect(self, run: Run) -> None:
        """Looks at what the forward pass has made, before there is a backward pass."""

    def differentiate(self, run: Run) -> None:
        """The backward pass; gradients go into the run."""
        raise NotImplementedError

    def finished(self, run: Run) -> Trace:
        """The trace of a run that was not stopped."""
        raise NotImplementedError

    def salvage(self, run: Run) -> None:
        """Takes what gradients there are where a backward pass was stopped."""

    def second_order(self, run: Run) -> Iterator[tuple[str, Array]]:
        """For each input the gradient of a number that is made of all inputs' gradients."""
        raise NotImplementedError

    def told(self) -> list[str]:
        """How the engine is used, but for its operations, for people: a line each."""
        raise NotImplementedError

    def describe(self) -> list[str]:
        """What was understood of the engine, for people: a line each."""
        changed = ", ".join(filter(self.overrides, OVERRIDDEN))
        lines = self.told()
        if changed:
            name = type(self).__name__
            lines.append(languages.told("engine", "adapter-overrides", name=name, changed=changed))
        places = {op: _place(self.place_of(op)) for op in OPERATIONS if self.has(op)}
        ops, far = (max(9, *map(wide, texts), 0) for texts in (places, places.values()))
        for op, place in places.items():
            tried = "" if self.overrides("run") else sample(self, op)
            lines.append(f"{op:<{ops}}  {padded(place, far)}  {tried}".rstrip())
        known = {OPERATIONS[op].word for op in places}
        lacking = dict.fromkeys(
            op if one.word in known else one.word
            for op, one in OPERATIONS.items()
            if op not in places
        )
        if not lacking:
            return lines
        label = padded(languages.told("engine", "how-missing"), 11)
        return [*lines, label + ", ".join(lacking)]

    # -- forward -----------------------------------------------------------------------------------

    def computes_later(self, program: Program) -> bool:
        """Whether numbers are read when the whole graph has been built, the output's first."""
        return bool(self.conventions.forward)

    def forward(
        self, run: Run, leaves: Mapping[str, Any] | None = None, tap: Tap | None = None
    ) -> dict[str, Any]:
        """Every input's and step's object; their values go into the run as they appear. With
        ``leaves``, the inputs' objects, the values are there already."""
        program, move = run.program, run.place.move
        later = self.computes_later(program) and not program.conditions
        self.nodes = run.nodes = nodes = {}
        self.leaves = program.reaching & program.inputs.keys()
        self._several = []
        with self.recording():
            for name in program.inputs:
                move("forward", name)
                nodes[name] = self._input(name, run) if leaves is None else leaves[name]
            for step in program.steps:
                move("forward", step.name)
                node = self._result(step, run)
                if leaves is None and not later and not step.operation.compares:
                    run.values[step.name] = run.number(self.read(node))
                nodes[step.name] = node if tap is None else tap(step.name, node, nodes)
            for step in reversed(program.steps if later and leaves is None else ()):
                move("forward", step.name)
                run.values[step.name] = run.number(self.read(nodes[step.name]))
        return nodes

    def _input(self, name: str, run: Run) -> Any:
        """The object of an input, if the engine takes it as it is."""
        program = run.program
        node = self.leaf(given(program.inputs[name], program))
        held = as_array(self.value(node))
        run.boxed = program.scalar and held.ndim > 0
        run.values[name] = held = run.number(held)
        if held.shape != program.shapes[name]:
            raise Unsupported(_reshaped(program.shapes[name], held.shape))
        if program.dtype == "float32" and not program.scalar and held.dtype != "float32":
            raise Unsupported(DOUBLE_ONLY)
        return node

    def _result(self, step: Step, run: Run) -> Any:
        program = run.program
        if step.operation.compares:
            sides = bind(step, run.values, program.constants).operands
            run.values[step.name] = mask = np.asarray(NATIVE[step.op].function(*sides))
            return mask if mask.ndim else bool(mask)
        if "index" in step.parameters:
            index = bind(step, run.nodes, deepcopy(program.constants)).arguments
            step = replace(step, operands=step.given, parameters=index)
        operands = [self._operand(step, i, run) for i in range(len(step.operands))]
        node = self.apply(step, operands)
        if step.operation.detaches and self.cls is not None and not self.is_object(node):
            return self._held(node)
        return node

    def _held(self, data: Any) -> Any:
        """What some engines detach to, the bare number or array, as an object."""
        array = number_in(data)
        if array is None:
            return data
        return self.wrap(array if array.ndim else float(array))

    def _operand(self, step: Step, position: int, run: Run) -> Any:
        """A number as it is written, the object of an input or a step; a constant as an object of
        the engine, or for labels and conditions as the array itself."""
        item = step.operands[position]
        if not isinstance(item, str):
            lifted = self.lifted(step, position, run.program)
            return item if lifted is None else self.wrap(lifted)
        if item in run.nodes:
            return run.nodes[item]
        array, program = run.program.constants[item].copy(), run.program
        if step.is_number(position):
            plain = program.scalar and not array.ndim
            return self.wrap(float(array) if plain else array.astype(program.dtype))
        return array if array.ndim else array.item()

    def lifted(self, step: Step, position: int, program: Program) -> Value | None:
        """What is made an object in place of a number that the operator crashes on; None where the
        number is given as it is. So it is where the program has no other operation: there the
        crash is told, and elsewhere all the rest is judged."""
        lifts = (step.op, position) in self.conventions.lifted
        if not lifts or all(other.op == step.op for other in program.steps):
            return None
        number: Any = step.operands[position]
        shape = program.shapes[step.name]
        return float(number) if program.scalar else np.full(shape, number, program.dtype)

    def read(self, node: Any) -> Any:
        """The value of a result. Raises :class:`Unreadable` for what is no object of the engine."""
        if node is None:
            raise Unreadable("the result is None")
        try:
            return self.value(node)
        except AttributeError:
            kind = type(node).__name__
            if isinstance(node, int | float | np.ndarray | np.generic):
                told = languages.told(
                    "engine", "bare-result", kind=kind, class_name=self.class_name
                )
                raise Unreadable(told) from None
            way = "value" if self.overrides("value") else shown(self.conventions.value)
            raise Unreadable(
                languages.told("engine", "result-has-no", kind=kind, way=way)
            ) from None

    # -- gradients of gradients --------------------------------------------------------------------

    def _twice(self, trace: Trace, program: Program) -> Trace:
        """The trace with gradients of gradients, on a graph of their own."""
        run, second = Run(program, dict(trace.values)), dict[str, Array]()
        try:
            with unwarned():
                for name, gradient in self.second_order(run):
                    second[name] = gradient
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            lacking = self.lacks_second(error)
            failed = None if lacking else self.failure(run.place, error)
            return replace(
                trace, second={} if lacking else second, lacks_second=lacking, failure=failed
            )
        return replace(trace, second=second)

    def lacks_second(self, error: BaseException) -> str | None:
        """What the engine lacks for gradients of gradients, where an exception tells of that."""
        if isinstance(error, Unsupported | NotImplementedError):
            return printable(str(error)) or "gradients of gradients"
        return None

    def weighted_sum(self, gradients: Sequence[Any], program: Program) -> Any:
        """A number made of all inputs' gradients: the sum of each one contracted with a seed."""
        named = zip(program.inputs, gradients, strict=True)
        terms = [self.weighted(dx, default_seed(program.shapes[n]), program) for n, dx in named]
        return reduce(lambda total, term: self.on("add", total, term), terms)

    def weighted(self, node: Any, weights: Value, program: Program) -> Any:
        """A number that has the weights as its gradient by ``node``."""
        if isinstance(weights, float):
            return self.on("mul", node, weights)
        return self.on("sum", self.on("mul", node, self.wrap(weights.astype(program.dtype))))

    # -- what stops a run --------------------------------------------------------------------------

    def _stopped(self, run: Run, error: BaseException) -> Trace:
        """What there is of a trace where an exception ends the run: for want of something that the
        engine lacks, or by a mistake."""
        forward = run.place.direction == "forward"
        if not forward and run.place.step is None:
            self.salvage(run)
        trace = Trace(run.values, run.gradients, typed=run.typed)
        lacking = lack(self, run.program, run.place, error, run.values)
        if lacking is None:
            absent = self.no_backward if forward or run.place.step else None
            return replace(trace, failure=self.failure(run.place, error), lacks_backward=absent)
        if forward:
            return Trace(run.values, unsupported=lacking)
        return Trace(run.values, typed=run.typed, lacks_backward=lacking)

    def failure(self, place: Place, error: BaseException) -> Failure:
        """What an exception tells; it is kept where somebody wants to look at it."""
        self.error = error if self.keeps_error else None
        return failure(place, error)


def given(leaf: Value, program: Program) -> Value:
    """A leaf as an engine is given it: a float in a program of numbers, else a new array."""
    plain = program.scalar and isinstance(leaf, float)
    return leaf if plain else np.array(leaf, dtype=program.dtype)


def _reshaped(given: tuple[int, ...], held: tuple[int, ...]) -> str:
    """What an engine lacks that holds a leaf in another shape than it was given in."""
    axes = "1 axis" if len(given) == 1 else f"{len(given)} axes"
    what = f"arrays of {axes}" if given else "plain numbers"
    return f"{what} (it holds one of shape {given} in shape {held})"


def _place(text: str) -> str:
    """Where an operation is found, the first word of it in the language."""
    kind, sign, more = re.fullmatch(r"(\w*)(\W?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return languages.name("place", kind) + sign + more
