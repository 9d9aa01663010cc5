"""Engines of objects: a class that wraps a number, whose results know how to go backward.

:class:`ObjectEngine` works unconfigured for the usual conventions. An engine with others is a
subclass with only what differs overridden: ``wrap``, ``value``, ``gradient``, ``backward``,
``apply``. Imports numpy and the standard library alone.
"""

from __future__ import annotations

import inspect
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType, ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.answers import Place, Unreadable, as_array, failure, printable
from harness.engines.calls import (
    DUNDERS,
    OPERATORS,
    Call,
    Unsupported,
    offers,
    operate,
)
from harness.engines.clock import attempt
from harness.engines.conventional import GENERAL, ConventionalEngine
from harness.engines.conventions import Conventions, explained, shown
from harness.engines.discovery import discover
from harness.engines.lacks import lack, no_backward
from harness.engines.samples import sample
from harness.engines.trace import Failure, Trace
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.program import Array, Program, Step, Value, default_seed
from harness.vocabulary.signatures import OPERATIONS, SYMBOLS

ARRAY_OPERATIONS: Final = ("sum", "mean", "reshape", "matmul", "index")
"""What an engine of tensors has at least one of."""


class ObjectEngine(ConventionalEngine):
    """Runs a program on objects of ``cls``; operations may be methods or functions of ``module``.

    What is the engine's way of making a leaf, of keeping values and gradients, and of running
    backward, is tried out once, and then ``conventions``; a subclass overrides what cannot be.
    """

    operations: Mapping[str, Callable[..., Any] | None] = MappingProxyType({})
    """What is to be called for an operation, where that is not found by name: with the operands,
    and the parameters as keywords. None says that the engine lacks it."""
    aliases: Mapping[str, tuple[str, ...]] = ALIASES

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        super().__init__(cls, module)
        self._found: dict[str, Call] = {}

    # -- what an adapter overrides, beside wrap, value and gradient --------------------------------

    def backward(self, output: Any, seed: Value) -> None:
        """Run the backward pass from ``output`` with upstream gradient ``seed``."""
        how = self.conventions.backward
        unit = np.shape(seed) == () and float(seed) == 1.0
        if how is None:
            raise Unsupported("backward")
        if how.needed or (how.seed is not None and not unit):
            self.start(output, seed)
        else:
            self.start(output if unit else self._contracted(output, seed), None)

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """The result of one step. Operands are engine objects, numbers as written, or raw arrays
        (conditions and labels). Raises :class:`Unsupported` for an operation the engine lacks."""
        op = step.op
        if self.operations.get(op, op) is None:
            raise Unsupported(op)
        if op in OPERATORS:
            return self._operator(op, operands)
        if op == "index":
            if not hasattr(type(operands[0]), "__getitem__"):
                raise Unsupported("indexing")
            items = step.parameters["index"]
            return operands[0][items if len(items) > 1 else items[0]]
        operation = OPERATIONS[op]
        operands = [
            self.wrap(self._constant(operand, operands))
            if self._is_number(operand)
            and op not in self.conventions.numbers
            and operation.kind(position) == "value"
            else operand
            for position, operand in enumerate(operands)
        ]
        if op == "transpose" and sorted(step.parameters.values()) == [0, 1]:
            matrix = operands[0]
            if hasattr(type(matrix), "T") and np.ndim(self.value(matrix)) == 2:
                return matrix.T() if inspect.ismethod(matrix.T) else matrix.T
        if op in ("transpose", "permute") and self.conventions.pairs:
            if op == "permute":
                raise Unsupported("permute (transpose exchanges two axes)")
            return self._function(op).function(operands[0], tuple(step.parameters.values()))
        function = self._function(op)
        return function(operands, step.parameters)

    def grad(self, output: Any, inputs: list[Any], seed: Value, create_graph: bool) -> list[Any]:
        """The gradients of ``output`` by ``inputs`` as engine objects; with ``create_graph``, such
        that can be differentiated again. Default: the module's own function ``grad``."""
        function = self.function("grad")
        if function is None or "create_graph" not in inspect.signature(function).parameters:
            raise Unsupported("gradients of gradients (a function grad with create_graph)")
        found = function(output, inputs, seed=seed, create_graph=create_graph)
        return list(found)

    def _discovered(self) -> Conventions:
        return discover(self)

    def _contracted(self, output: Any, seed: Value) -> Any:
        """A number with the gradients that the seed would give: sum(output * seed)."""
        how = self.conventions.backward
        if how is not None and how.kind == "tape" and not self.records:
            raise Unsupported("second backward from an array (its tape is closed)")
        ones = bool(np.all(np.asarray(seed) == 1.0))
        weighted = output
        if not ones or self.place_of("mul") != "missing":
            try:
                step = Step("", "mul", ("output", "seed"))
                weighted = self.kept(self.apply(step, [output, self.wrap(seed)]))
            except Unsupported:
                raise Unsupported("backward with a seed, or a product") from None
        if np.shape(seed) == ():
            return weighted
        try:
            return self.kept(self.apply(Step("", "sum", ("weighted",)), [weighted]))
        except Unsupported:
            if ones:
                return weighted
            raise Unsupported("backward with a seed, or sum") from None

    def _begun(self, program: Program) -> Value:
        """The seed that backward can be begun with: the program's, or ones where the engine has
        neither a seed nor a product to make it of."""
        how = None if self.overrides("backward") else self.conventions.backward
        unit = not program.shapes[program.output] and program.seed == 1.0
        if how is None or how.seed is not None or unit:
            return program.seed
        sums = not program.shapes[program.output] or self.place_of("sum") != "missing"
        if (sums and self.place_of("mul") != "missing") or not (sums or how.ones):
            return program.seed
        return np.ones_like(program.seed) if np.shape(program.seed) else 1.0

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether the engine is one of tensors. One of plain numbers may add arrays by luck; it has
        no operation that only arrays need."""
        found = any(self.place_of(op) != "missing" for op in ARRAY_OPERATIONS)
        return found or any(self._answers_with_an_array(op) for op in ("softmax", "log_softmax"))

    def _answers_with_an_array(self, op: str) -> bool:
        """Whether an operation that lists of plain numbers may have, too, takes an array."""
        try:
            with attempt(), warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                node = self.apply(Step("", op, ("x",)), [self.wrap(np.array([0.5, 1.5]))])
                return bool(as_array(self.value(node)).shape == (2,))
        except Exception:
            return False

    @cached_property
    def keeps_steps(self) -> bool:
        """Whether intermediate results keep their gradients, seen from a graph of two steps."""
        ran = False
        for op in ("mul", "add", "sub", "neg", "exp", "tanh"):
            for leaf in (1.5, np.array([1.5])):
                try:
                    with attempt(), warnings.catch_warnings(), np.errstate(all="ignore"):
                        warnings.simplefilter("ignore")
                        count = len(OPERATIONS[op].operands)
                        with self.recording():
                            x = self.leaf(leaf)
                            middle = self.apply(Step("", op, ("x",) * count), [x] * count)
                            out = self.apply(Step("", op, ("x",) * count), [middle, x][:count])
                        self.nodes = {"x": x, "middle": middle, "out": out}
                        self.backward(out, 1.0 if isinstance(leaf, float) else np.ones(1))
                        kept = self._gradient(middle)
                        if kept is not None and np.any(as_array(kept)):
                            return True
                        ran = True
                except Exception:
                    continue
        return not ran

    # -- running a program -----------------------------------------------------------------------

    def run(self, program: Program) -> Trace:
        """Forward, then backward; whatever the engine does wrong ends up in the trace."""
        if not program.scalar and not self.takes_arrays:
            return Trace({}, unsupported="arrays (no sum, mean, reshape, @ or indexing)")
        endless = self.endless(program)
        values: dict[str, Array] = {}
        gradients: dict[str, Array] = {}
        buffers: dict[int, list[str]] = {}
        nodes: dict[str, Any] = {}
        typed = False
        same: frozenset[str] = frozenset()
        place = Place()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                nodes = self._forward(program, values, place)
                typed = all(hasattr(nodes[name], "dtype") for name in program.inputs)
                breach = self._breach(program, nodes, values, "forward")
                place.move("backward", None)
                if endless is not None:
                    raise endless
                seed = self._begun(program)
                for _ in range(program.passes):
                    self.backward(nodes[program.output], _copied(seed))
                same = _seen_before(nodes)
                for name in nodes:
                    if name in program.differentiable and name not in same:
                        place.move("backward", name)
                        raw = self._gradient(nodes[name])
                        if raw is not None:
                            gradients[name] = as_array(raw)
                            if type(raw) is np.ndarray:
                                buffers.setdefault(raw.ctypes.data, []).append(name)
                breach = breach or self._breach(program, nodes, values, "backward")
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if place.direction == "backward" and place.step is None:
                gradients = self._what_there_is(program, nodes)
            return self._stopped(Trace(values, gradients, typed=typed), program, place, error)
        if not any(np.any(gradient) for gradient in gradients.values()) and self.no_backward:
            return Trace(values, breach=breach, typed=typed, lacks_backward=self.no_backward)
        steps = gradients.keys() & program.reaching - program.inputs.keys()
        zero = {name for name in steps if not np.any(gradients[name])}
        if zero and zero >= steps - {program.output} and not self.keeps_steps:
            steps -= zero  # they have been reset
            gradients = {n: number for n, number in gradients.items() if n not in zero}
        leaves_only = (
            bool(gradients.keys() & program.inputs.keys())
            and all(name == program.output for name in steps)
            and not self.keeps_steps
        )
        shared = {
            name: tuple(other for other in names if other != name)
            for names in buffers.values()
            for name in names
            if len(names) > 1
        }
        trace = Trace(
            values,
            gradients,
            leaves_only=leaves_only,
            breach=breach,
            typed=typed,
            shared=shared,
            same=same,
            seed=None if seed is program.seed else np.asarray(seed),
        )
        return self._twice(program, trace) if program.order == 2 else trace

    def _stopped(self, trace: Trace, program: Program, place: Place, error: BaseException) -> Trace:
        """What there is of a trace where an exception ends the run: for want of something that the
        engine lacks, or by a mistake."""
        found = lack(self, program, place, error, trace.values)
        if found is None:
            failed = self._failure(place, error)
            absent = self.no_backward if place.direction == "forward" or place.step else None
            return replace(trace, failure=failed, lacks_backward=absent)
        if place.direction == "forward":
            return Trace(trace.values, unsupported=found)
        return Trace(trace.values, typed=trace.typed, lacks_backward=found)

    @cached_property
    def no_backward(self) -> str | None:
        """Why the engine has no backward pass at all, None if it has one."""
        return no_backward(self)

    def _failure(self, place: Place, error: BaseException) -> Failure:
        self.error = error if self.keeps_error else None
        return failure(place, error)

    def _forward(
        self,
        program: Program,
        values: dict[str, Array],
        place: Place,
        tap: Callable[[str, Any, Mapping[str, Any]], Any] | None = None,
        leaves: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Every input's and step's object; their values go into ``values`` as they appear.

        ``tap`` is given each step's name, its object and all before it, and returns the object to
        go on with. With ``leaves``, the inputs' objects, ``values`` are there already.
        """
        nodes: dict[str, Any] = {}
        self.nodes = nodes
        with self.recording():
            for name, leaf in program.inputs.items():
                place.move("forward", name)
                if leaves is not None:
                    nodes[name] = leaves[name]
                    continue
                nodes[name] = self.leaf(self._leaf(leaf, program))
                values[name] = as_array(self.value(nodes[name]))
                if values[name].shape != program.shapes[name]:
                    raise Unsupported(_reshaped(program.shapes[name], values[name].shape))
                single = program.dtype == "float32" and not program.scalar
                if single and values[name].dtype != "float32":
                    raise Unsupported("float32 (its arrays are float64)")
            compares = any(step.operation.compares for step in program.steps)
            later = bool(self.conventions.forward) and not compares
            for step in program.steps:
                place.move("forward", step.name)
                node = self._step(step, program, nodes, values)
                if not step.operation.compares and leaves is None and not later:
                    values[step.name] = as_array(self._value(node))
                nodes[step.name] = node if tap is None else tap(step.name, node, nodes)
            for step in reversed(program.steps if later and leaves is None else ()):
                place.move("forward", step.name)
                values[step.name] = as_array(self._value(nodes[step.name]))
        return nodes

    def _twice(self, program: Program, trace: Trace) -> Trace:
        """The trace with gradients of gradients, on a graph of their own."""
        place = Place()
        second: dict[str, Array] = {}
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                nodes = self._forward(program, {}, place)
                place.move("second", None)
                leaves = [nodes[name] for name in program.inputs]
                first = self.grad(nodes[program.output], leaves, _copied(program.seed), True)
                terms = []
                for name, dx in zip(program.inputs, first, strict=True):
                    weights = default_seed(program.shapes[name])
                    if not isinstance(weights, float):
                        weights = self.wrap(weights.astype(program.dtype))
                    term = self.apply(Step("", "mul", ("dx", "v")), [dx, weights])
                    if program.shapes[name]:
                        term = self.apply(Step("", "sum", ("term",)), [term])
                    terms.append(term)
                total = terms[0]
                for term in terms[1:]:
                    total = self.apply(Step("", "add", ("total", "term")), [total, term])
                for name, dd in zip(
                    program.inputs, self.grad(total, leaves, 1.0, False), strict=True
                ):
                    place.move("second", name)
                    second[name] = as_array(self._value(dd))
        except KeyboardInterrupt:
            raise
        except (Unsupported, NotImplementedError) as lack:
            return replace(trace, lacks_second=printable(str(lack)) or "gradients of gradients")
        except BaseException as error:
            return replace(trace, second=second, failure=self._failure(place, error))
        return replace(trace, second=second)

    def _leaf(self, leaf: Value, program: Program) -> Value:
        if program.scalar and _is_number(leaf):
            return leaf
        return np.array(leaf, dtype=program.dtype)

    def _step(
        self, step: Step, program: Program, nodes: dict[str, Any], values: dict[str, Array]
    ) -> Any:
        if step.operation.compares:
            sides = [self._plain(item, program, values) for item in step.operands]
            mask = getattr(operator, step.op)(*sides)
            values[step.name] = np.asarray(mask)
            return bool(mask) if np.ndim(mask) == 0 else mask
        if step.op == "index":
            items = tuple(
                program.constants[item].copy() if isinstance(item, str) else item
                for item in step.parameters["index"]
            )
            if any(isinstance(item, np.ndarray) for item in items):
                step = Step(step.name, "index", step.operands[:1], {"index": items})
        kinds = None if step.op in OPERATORS else step.operation
        operands: list[Any] = []
        for position, item in enumerate(step.operands[:1] if step.op == "index" else step.operands):
            if not isinstance(item, str):
                operands.append(item)
            elif item in nodes:
                operands.append(nodes[item])
            else:
                raw = program.constants[item].copy()
                if kinds is None or kinds.kind(position) == "value":
                    number = raw.ndim == 0 and program.scalar
                    leaf: Value = float(raw) if number else raw.astype(program.dtype)
                    operands.append(self.wrap(leaf))
                else:
                    operands.append(raw.item() if raw.ndim == 0 else raw)
        return self.apply(step, operands)

    def _plain(self, item: Any, program: Program, values: Mapping[str, Array]) -> Any:
        if not isinstance(item, str):
            return item
        return values[item] if item in values else program.constants[item]

    def _value(self, node: Any) -> Any:
        if node is None:
            raise Unreadable("the result is None")
        try:
            return self.value(node)
        except AttributeError:
            if isinstance(node, int | float | np.ndarray | np.generic):
                raise Unreadable(
                    f"the result is a bare {type(node).__name__}, not a {self._class_name()}"
                ) from None
            way = "value" if self.overrides("value") else shown(self.conventions.value)
            raise Unreadable(f"the result, a {type(node).__name__}, has no {way}") from None

    def _gradient(self, node: Any) -> Any:
        gradient = self.gradient(node)
        if gradient is not None and hasattr(self, "cls") and isinstance(gradient, self.cls):
            gradient = self.value(gradient)
        return gradient

    def _what_there_is(self, program: Program, nodes: Mapping[str, Any]) -> dict[str, Array]:
        """The gradients that are there after backward has stopped halfway."""
        found = {}
        for name, node in nodes.items():
            if name in program.differentiable:
                try:
                    raw = self._gradient(node)
                    if raw is not None:
                        found[name] = as_array(raw)
                except Exception:
                    continue
        return found

    def _breach(
        self, program: Program, nodes: Mapping[str, Any], values: Mapping[str, Array], pass_: str
    ) -> Failure | None:
        """The first value that is no longer what it was, and who changed it."""
        for name, node in nodes.items():
            if self._changed(node, values[name]):
                culprit = self._culprit(program, name) if pass_ == "forward" else None
                return Failure(
                    pass_, culprit, f"the value of {name} was changed after it was computed"
                )
        return None

    def _changed(self, node: Any, before: Array) -> bool:
        if before.dtype == np.bool_:
            return False
        now = as_array(self._value(node))
        if not before.shape and not now.shape:
            return bool(now != before) and not (now != now and before != before)
        return not np.array_equal(before, now, equal_nan=True)

    def _culprit(self, program: Program, name: str) -> str | None:
        """The step after which ``name`` has another value, found by running once more."""
        values: dict[str, Array] = {}
        found: list[str] = []

        def look(step: str, node: Any, before: Mapping[str, Any]) -> Any:
            if not found and name in before and self._changed(before[name], values[name]):
                found.append(step)
            return node

        try:
            self._forward(program, values, Place(), look)
        except Exception:
            return None
        return found[0] if found else None

    def describe(self) -> list[str]:
        """What was understood of the engine, for people: a line each."""
        own = (base for base in type(self).__mro__ if base.__module__ in GENERAL)
        base = next(own, ObjectEngine)
        changed = [
            name
            for name in ("wrap", "value", "gradient", "gradients", "backward", "grad", "apply")
            if getattr(type(self), name, None) is not getattr(base, name, None)
        ]
        lines = self._conventions(changed)
        if changed:
            lines.append(f"adapter    {type(self).__name__} overrides {', '.join(changed)}")
        for op in OPERATIONS:
            place = self.place_of(op)
            tried = "" if place == "missing" or self.overrides("run") else sample(self, op)
            lines.append(f"{op:<21}{place:<31} {tried}".rstrip())
        return lines

    def _conventions(self, changed: Sequence[str]) -> list[str]:
        """How the engine is used, but for its operations."""
        home = self.module.__name__ if self.module is not None else "?"
        lines = [f"class      {self._class_name()} of module {home}"]
        told = {} if self.overrides("run") else explained(self.conventions, self._class_name())
        for name, how in told.items():
            own = {"leaf": "wrap"}.get(name, name) in changed
            lines.append(f"{name:<11}{'as the adapter says' if own else how}")
        return lines

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        cls = getattr(self, "cls", np.ndarray)
        if self.operations.get(op, op) is None:
            return "missing"
        if op in OPERATORS:
            plain, reflected = DUNDERS[op]
            found = [name for name in dict.fromkeys((plain, reflected)) if offers(cls, name)]
            if found:
                return f"operator {', '.join(found)}"
        if op == "index":
            return "operator __getitem__" if hasattr(cls, "__getitem__") else "missing"
        if op == "transpose" and hasattr(cls, "T"):
            return "method T" if callable(cls.T) else "property T"
        try:
            self._function(op)
        except Unsupported:
            return "missing"
        call = self._found[op]
        return call.kind if call.kind.startswith("class") else f"{call.kind} {call.name}"

    # -- finding operations ------------------------------------------------------------------------

    def _is_number(self, item: Any) -> bool:
        """Whether an operand is a plain number, and not an object of a class that is one, too."""
        own = isinstance(item, getattr(self, "cls", ()))
        return isinstance(item, int | float) and not isinstance(item, bool) and not own

    def _operator(self, op: str, operands: list[Any]) -> Any:
        plain, reflected = DUNDERS[op]
        number_first = self._is_number(operands[0])
        owner = type(operands[1] if number_first else operands[0])
        if not offers(owner, reflected if number_first else plain):
            function = None if offers(owner, plain) else self.call(op)
            if function is not None:
                return function([self._operand(op, item, operands) for item in operands], {})
            side = " with a number on the left" if number_first else ""
            symbol = SYMBOLS.get(op, "-x")
            missing = reflected if number_first else plain
            raise Unsupported(f"{symbol}{side} ({owner.__name__} has no {missing})")
        if op != "pow" or self._is_number(operands[1]):
            return operate(op, operands)
        try:
            return operands[0] ** operands[1]
        except (AssertionError, TypeError):
            raise Unsupported("** with an exponent that is no plain number") from None

    def _operand(self, op: str, item: Any, operands: Sequence[Any]) -> Any:
        """An operand of a named operation: a number as an object of the engine, or as it is where
        that is wanted."""
        last = op in self.conventions.numbers and item is operands[-1]
        if last and not self._is_number(item):
            raise Unsupported(f"{op} by anything but a plain number")
        if last or not self._is_number(item):
            return item
        return self.wrap(self._constant(item, operands))

    def _constant(self, number: float, operands: Sequence[Any]) -> Value:
        """A number as the operand of a named operation: an array where the others are arrays."""
        for other in operands:
            if not self._is_number(other) and not isinstance(other, bool | np.ndarray):
                value = self.value(other)
                if isinstance(value, np.ndarray):
                    return np.asarray(float(number), dtype=value.dtype)
        return float(number)

    def _function(self, op: str) -> Call:
        """How the engine offers ``op``, looked up once: ``call(operands, parameters)``."""
        own = self.operations.get(op)
        if op not in self._found and own is not None:
            self._found[op] = Call(op, op, own)
        if op not in self._found:
            call = self._offering.find(op, self.aliases.get(op, (op,)))
            if call is None:
                raise Unsupported(op)
            self._found[op] = call
        self._found[op].rank = lambda node: np.ndim(self.value(node))
        return self._found[op]

    def call(self, op: str) -> Call | None:
        """How an operation is called by its name; None if it is not found."""
        with suppress(Unsupported):
            return self._function(op)
        return None

    def named_binary(self) -> list[str]:
        """Operations of two operands that are no operators of the engine's."""
        cls = getattr(self, "cls", np.ndarray)
        return [
            op
            for op, operation in OPERATIONS.items()
            if list(operation.operands.values()) == ["value"] * 2
            and operation.shape == "broadcast"
            and not (op in OPERATORS and offers(cls, DUNDERS[op][0]))
            and self.call(op) is not None
        ]


def _reshaped(given: tuple[int, ...], held: tuple[int, ...]) -> str:
    """What an engine lacks that holds a leaf in another shape than it was given in."""
    axes = "1 axis" if len(given) == 1 else f"{len(given)} axes"
    what = f"arrays of {axes}" if given else "plain numbers"
    return f"{what} (it holds one of shape {given} in shape {held})"


def _seen_before(nodes: Mapping[str, Any]) -> frozenset[str]:
    """The steps whose object is that of an earlier one, such as ``relu(x)`` that returns x."""
    known: set[int] = set()
    found = set()
    for name, node in nodes.items():
        if id(node) in known and not isinstance(node, bool | np.ndarray):
            found.add(name)
        known.add(id(node))
    return frozenset(found)


def _copied(value: Value) -> Value:
    return value if isinstance(value, float) else value.copy()


def _is_number(value: Any) -> bool:
    return isinstance(value, float)
