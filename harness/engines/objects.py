"""Engines of objects: a class that wraps a number, whose results know how to go backward.

:class:`ObjectEngine` works unconfigured for the usual conventions. An engine with others is a
subclass with only what differs overridden: ``wrap``, ``value``, ``gradient``, ``backward``,
``apply``. Imports numpy and the standard library alone.
"""

from __future__ import annotations

import inspect
import operator
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType, ModuleType
from typing import Any, Final, cast

import numpy as np

from harness.engines.answers import Place, Unreadable, as_array, failure, printable
from harness.engines.calls import (
    DUNDERS,
    OPERATORS,
    Call,
    Unsupported,
    fits,
    of_class,
    offers,
    operate,
    parameters_of,
    seed_parameter,
)
from harness.engines.engine import Engine
from harness.engines.lacks import lack, no_backward
from harness.engines.trace import Failure, Trace
from harness.language.aliases import ALIASES
from harness.language.program import COMPARISONS, Array, Program, Step, Value, default_seed
from harness.language.vocabulary import OPERATIONS, SYMBOLS

ARRAY_OPERATIONS: Final = ("sum", "mean", "reshape", "matmul", "index")
"""What an engine of tensors has at least one of."""

GENERAL: Final = ("harness.engines.objects", "harness.engines.functions")
"""Where the classes are defined that an adapter is a subclass of."""

BACKWARD: Final = ("backward", "backprop", "backpropagate", "backward_pass")
"""What the backward pass is called."""

WANTED: Final = ("requires_grad", "require_grad", "needs_grad", "trainable")
"""The constructor's parameter by which a leaf asks for its gradient."""


class ObjectEngine(Engine):
    """Runs a program on objects of ``cls``; operations may be methods or functions of ``module``.

    By default ``cls(number or array)`` wraps an input, ``.data`` is a value, ``.grad`` a gradient
    after ``out.backward()`` or ``out.backward(seed)``.
    """

    cls: type
    module: ModuleType | None = None
    modules: Sequence[ModuleType] = ()
    """Further modules in which functions are looked for."""
    operations: Mapping[str, Callable[..., Any]] = MappingProxyType({})
    """What is to be called for an operation, where that is not found by name: with the operands,
    and the parameters as keywords."""
    aliases: Mapping[str, tuple[str, ...]] = ALIASES

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        if cls is not None:
            self.cls = cls
        if module is not None:
            self.module = module
        self._found: dict[str, Call] = {}

    # -- what an adapter overrides -------------------------------------------------------------

    def wrap(self, value: Value) -> Any:
        """An engine object for a leaf: a Python float in a scalar case, otherwise an array."""
        return self.cls(value, **self._asking)

    def value(self, node: Any) -> Any:
        """The value of an engine object."""
        return node.data

    def gradient(self, node: Any) -> Any:
        """The gradient of an engine object after ``backward``, or None if it has none."""
        found = node.grad
        return found() if inspect.ismethod(found) else found

    def backward(self, output: Any, seed: Value) -> None:
        """Run the backward pass from ``output`` with upstream gradient ``seed``."""
        backward = self._backward(output)
        accepted = seed_parameter(backward)
        unit = np.shape(seed) == () and float(seed) == 1.0
        if accepted == "required" or (accepted and not unit):
            backward(self._seed(seed, backward))
        elif unit:
            backward()
        else:
            try:
                weighted = operate("mul", [output, self.wrap(seed) if np.shape(seed) else seed])
            except Unsupported:
                raise Unsupported("backward with a seed, or a product") from None
            if np.shape(seed) != ():
                step = Step("", "sum", ("weighted",))
                try:
                    weighted = self.apply(step, [weighted])
                except Unsupported:
                    raise Unsupported("backward with a seed, or sum") from None
            self._backward(weighted)()

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """The result of one step. Operands are engine objects, numbers as written, or raw arrays
        (conditions and labels). Raises :class:`Unsupported` for an operation the engine lacks."""
        op = step.op
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
            and operation.operands[operation.operand(position)] == "value"
            else operand
            for position, operand in enumerate(operands)
        ]
        if op == "transpose" and sorted(step.parameters.values()) == [0, 1]:
            matrix = operands[0]
            if hasattr(type(matrix), "T") and np.ndim(self.value(matrix)) == 2:
                return matrix.T
        function = self._function(op)
        return function(operands, step.parameters)

    def grad(self, output: Any, inputs: list[Any], seed: Value, create_graph: bool) -> list[Any]:
        """The gradients of ``output`` by ``inputs`` as engine objects; with ``create_graph``, such
        that can be differentiated again. Default: the module's own function ``grad``."""
        function = self._module_function("grad")
        if function is None or "create_graph" not in inspect.signature(function).parameters:
            raise Unsupported("gradients of gradients (a function grad with create_graph)")
        found = function(output, inputs, seed=seed, create_graph=create_graph)
        return list(found)

    @cached_property
    def _asking(self) -> dict[str, bool]:
        """What a leaf is created with beside its value: that its gradient is wanted."""
        try:
            names = inspect.signature(self.cls).parameters
        except (TypeError, ValueError):
            return {}
        return {name: True for name in WANTED if name in names}

    def _seed(self, seed: Value, backward: Callable[..., Any]) -> Any:
        """The seed as ``backward`` wants it: an engine object where its annotation says so."""
        first = next(iter(inspect.signature(backward).parameters.values()))
        wanted = first.annotation if isinstance(first.annotation, str) else str(first.annotation)
        return self.wrap(seed) if re.search(rf"\b{self._class_name()}\b", wanted) else seed

    def _backward(self, output: Any) -> Callable[..., Any]:
        """The method or the module's function that runs the backward pass from ``output``."""
        for name in BACKWARD:
            if callable(found := getattr(output, name, None)):
                return cast(Callable[..., Any], found)
        for name in BACKWARD:
            function = self._module_function(name)
            if function is not None:
                return partial(function, output)
        raise Unsupported("backward")

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether the engine is one of tensors. One of plain numbers may add arrays by luck; it has
        no operation that only arrays need."""
        return any(self.place_of(op) != "missing" for op in ARRAY_OPERATIONS)

    @cached_property
    def keeps_steps(self) -> bool:
        """Whether intermediate results keep their gradients, seen from a graph of two steps."""
        ran = False
        for op in ("mul", "add", "sub", "neg", "exp", "tanh"):
            for leaf in (1.5, np.array([1.5])):
                try:
                    with warnings.catch_warnings(), np.errstate(all="ignore"):
                        warnings.simplefilter("ignore")
                        x = self.wrap(leaf)
                        count = len(OPERATIONS[op].operands)
                        middle = self.apply(Step("", op, ("x",) * count), [x] * count)
                        out = self.apply(Step("", op, ("x",) * count), [middle, x][:count])
                        self.backward(out, 1.0 if isinstance(leaf, float) else np.ones(1))
                        if self._gradient(middle) is not None:
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
                self.check_paths(program)
                for _ in range(program.passes):
                    self.backward(nodes[program.output], _copied(program.seed))
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
        for name, leaf in program.inputs.items():
            place.move("forward", name)
            if leaves is not None:
                nodes[name] = leaves[name]
                continue
            nodes[name] = self.wrap(self._leaf(leaf, program))
            values[name] = as_array(self.value(nodes[name]))
            single = program.dtype == "float32" and not program.scalar
            if single and values[name].dtype != "float32":
                raise Unsupported("float32 (its arrays are float64)")
        for step in program.steps:
            place.move("forward", step.name)
            node = self._step(step, program, nodes, values)
            if step.op not in COMPARISONS and leaves is None:
                values[step.name] = as_array(self._value(node))
            nodes[step.name] = node if tap is None else tap(step.name, node, nodes)
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
        if step.op in COMPARISONS:
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
        kinds = None if step.op in OPERATORS else OPERATIONS[step.op]
        operands: list[Any] = []
        for position, item in enumerate(step.operands[:1] if step.op == "index" else step.operands):
            if not isinstance(item, str):
                operands.append(item)
            elif item in nodes:
                operands.append(nodes[item])
            else:
                raw = program.constants[item].copy()
                if kinds is None or kinds.operands[kinds.operand(position)] == "value":
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
            raise Unreadable(f"the result, a {type(node).__name__}, has no .data") from None

    def _class_name(self) -> str:
        return getattr(getattr(self, "cls", None), "__name__", "engine object")

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
            lines.append(f"{op:<21}{self.place_of(op)}")
        return lines

    def _conventions(self, changed: Sequence[str]) -> list[str]:
        """How the engine is run, but for its operations."""
        method = next((name for name in BACKWARD if hasattr(self.cls, name)), None)
        function = method and getattr(self.cls, method)
        seeds = {
            None: "takes no seed: a seeded output is contracted, sum(out * seed)",
            "optional": "takes a seed",
            "required": "needs a seed",
        }
        how = seeds[seed_parameter(function, bound=False)] if method else "a function of the module"
        home = self.module.__name__ if self.module is not None else "?"
        return [
            f"class      {self._class_name()} of module {home}",
            "value      .data" if "value" not in changed else "value      as the adapter says",
            "gradient   .grad" if "gradient" not in changed else "gradient   as the adapter says",
            f"backward   {how if 'backward' not in changed else 'as the adapter says'}",
        ]

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        cls = getattr(self, "cls", np.ndarray)
        if op in OPERATORS:
            plain, reflected = DUNDERS[op]
            found = [name for name in dict.fromkeys((plain, reflected)) if offers(cls, name)]
            if found:
                return f"operator {', '.join(found)}"
        if op == "index":
            return "operator __getitem__" if hasattr(cls, "__getitem__") else "missing"
        if op == "transpose" and hasattr(cls, "T"):
            return "property T"
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
            with suppress(Unsupported):
                function = self._function(op)
                return function([self._operand(item, operands) for item in operands], {})
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

    def _operand(self, item: Any, operands: Sequence[Any]) -> Any:
        """An operand of a named operation: a number as an object of the engine."""
        return self.wrap(self._constant(item, operands)) if self._is_number(item) else item

    def _constant(self, number: float, operands: Sequence[Any]) -> Value:
        """A number as the operand of a named operation: an array where the others are arrays."""
        for other in operands:
            if not self._is_number(other) and isinstance(getattr(other, "data", None), np.ndarray):
                return np.asarray(float(number), dtype=other.data.dtype)
        return float(number)

    def _function(self, op: str) -> Call:
        """How the engine offers ``op``, looked up once: ``call(operands, parameters)``."""
        if op not in self._found and op in self.operations:
            self._found[op] = Call(op, op, self.operations[op])
        if op not in self._found:
            for name in self.aliases.get(op, (op,)):
                call = self._offered(op, name)
                if call is not None:
                    self._found[op] = call
                    break
            else:
                raise Unsupported(op)
        return self._found[op]

    def _offered(self, op: str, name: str) -> Call | None:
        """An operation of that name: a method of the class, a function or a class of the module."""
        method = self._method(name)
        if method is not None and fits(OPERATIONS[op], parameters_of(method)):
            return Call(op, name, method, kind="method")
        function = self._module_function(name)
        if function is not None and fits(OPERATIONS[op], parameters_of(function)):
            return Call(op, name, function)
        plain = name.replace("_", "").lower()
        for key, found in self._classes.items():
            if key.replace("_", "").lower() in (plain, f"{plain}function", f"{plain}op"):
                call = of_class(op, key, found)
                if call is not None and fits(OPERATIONS[op], call.signature):
                    return call
        return None

    @cached_property
    def _classes(self) -> dict[str, type]:
        """The module's own classes."""
        return {
            key: found
            for key, found in vars(self.module or ModuleType("none")).items()
            if isinstance(found, type) and found is not getattr(self, "cls", None)
        }

    def _method(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.cls, name, None) if hasattr(self, "cls") else None
        return found if callable(found) and offers(self.cls, name) else None

    def _module_function(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.module, name, None)
        if self.module is not None and callable(found) and not isinstance(found, type):
            home = str(getattr(found, "__module__", None)).partition(".")[0]
            if home == self.module.__name__.partition(".")[0]:
                return cast(Callable[..., Any], found)
        for module in self.modules:
            if callable(found := getattr(module, name, None)):
                return cast(Callable[..., Any], found)
        return None


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
