"""Engines of objects: a class that wraps a number, whose results know how to go backward.

:class:`ObjectEngine` works unconfigured for the usual conventions. An engine with others is a
subclass with only what differs overridden: ``wrap``, ``value``, ``gradient``, ``backward``,
``apply``. Imports numpy and the standard library alone.
"""

from __future__ import annotations

import inspect
import operator
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.trace import Failure, Trace
from harness.language.program import COMPARISONS, Array, Program, Step, Value, default_seed
from harness.language.vocabulary import OPERATIONS, REQUIRED, SYMBOLS

HARNESS = str(Path(__file__).resolve().parent.parent)

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "abs": ("abs", "__abs__"),
    "log": ("log", "ln"),
    "relu": ("relu", "ReLU"),
    "sum": ("sum", "reduce_sum"),
    "mean": ("mean", "reduce_mean"),
    "max": ("max", "amax", "reduce_max"),
    "min": ("min", "amin", "reduce_min"),
    "reshape": ("reshape", "view"),
    "transpose": ("swapaxes", "transpose"),
    "permute": ("permute", "transpose"),
    "broadcast_to": ("broadcast_to", "expand"),
    "concat": ("concat", "cat", "concatenate"),
    "asin": ("asin", "arcsin"),
    "acos": ("acos", "arccos"),
    "atan": ("atan", "arctan"),
    "silu": ("silu", "swish"),
    "clamp": ("clamp", "clip"),
    "unsqueeze": ("unsqueeze", "expand_dims"),
    "binary_cross_entropy": ("binary_cross_entropy", "bce", "bce_loss"),
    "mse_loss": ("mse_loss", "mse"),
    "cross_entropy": ("cross_entropy", "cross_entropy_loss", "softmax_cross_entropy"),
}
"""Other names under which engines offer an operation; its own name where it has no entry."""

KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "axis": ("axis", "dim", "axes", "dims"),
    "keepdims": ("keepdims", "keepdim"),
    "shape": ("shape", "size", "sizes", "newshape", "new_shape"),
    "axes": ("axes", "dims", "axis", "perm", "order"),
    "axis0": ("axis0", "dim0", "axis1", "a"),
    "axis1": ("axis1", "dim1", "axis2", "b"),
    "min": ("min", "a_min", "low", "lo", "min_value"),
    "max": ("max", "a_max", "high", "hi", "max_value"),
    "correction": ("correction", "ddof"),
    "negative_slope": ("negative_slope", "slope", "alpha"),
    "kernel_size": ("kernel_size", "size", "k"),
    "pad": ("pad", "padding", "widths"),
}
"""Other names of a parameter."""

ARRAY_OPERATIONS: Final = ("sum", "mean", "reshape", "matmul", "index")
"""What an engine of tensors has at least one of."""

DUNDERS: Final = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "neg": ("__neg__", "__neg__"),
}
OPERATORS: Final[Mapping[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "neg": operator.neg,
}
SEEDS: Final = ("seed", "grad", "gradient", "upstream", "out_grad", "grad_output", "output_grad")
SEEDS_SHORT: Final = ("dout", "cotangent", "g", "v", "grad_out", "init_grad", "initial_grad")


class Unsupported(Exception):
    """The engine lacks an operation, or a way of calling it; the message names it."""


class Unreadable(Exception):
    """The engine answered with something that is no array of real numbers."""


class ObjectEngine:
    """Runs a program on objects of ``cls``; operations may be methods or functions of ``module``.

    By default ``cls(number or array)`` wraps an input, ``.data`` is a value, ``.grad`` a gradient
    after ``out.backward()`` or ``out.backward(seed)``.
    """

    cls: type
    module: ModuleType | None = None
    aliases: Mapping[str, tuple[str, ...]] = ALIASES

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        if cls is not None:
            self.cls = cls
        if module is not None:
            self.module = module
        self._found: dict[str, Callable[..., Any]] = {}

    # -- what an adapter overrides -------------------------------------------------------------

    def wrap(self, value: Value) -> Any:
        """An engine object for a leaf: a Python float in a scalar case, otherwise an array."""
        return self.cls(value)

    def value(self, node: Any) -> Any:
        """The value of an engine object."""
        return node.data

    def gradient(self, node: Any) -> Any:
        """The gradient of an engine object after ``backward``, or None if it has none."""
        return node.grad

    def backward(self, output: Any, seed: Value) -> None:
        """Run the backward pass from ``output`` with upstream gradient ``seed``."""
        accepted = _seed_parameter(output.backward)
        unit = np.shape(seed) == () and float(seed) == 1.0
        if accepted == "required" or (accepted and not unit):
            output.backward(seed)
        elif unit:
            output.backward()
        else:
            weighted = output * (seed if np.shape(seed) == () else self.wrap(seed))
            if np.shape(seed) != ():
                step = Step("", "sum", ("weighted",))
                try:
                    weighted = self.apply(step, [weighted])
                except Unsupported:
                    raise Unsupported("backward with a seed, or sum") from None
            weighted.backward()

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
            if isinstance(operand, int | float)
            and not isinstance(operand, bool)
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
    def takes_arrays(self) -> bool:
        """Whether the engine is one of tensors. One of plain numbers may add arrays by luck; it has
        no operation that only arrays need."""
        return any(self._place_of(op) != "missing" for op in ARRAY_OPERATIONS)

    # -- running a program -----------------------------------------------------------------------

    def run(self, program: Program) -> Trace:
        """Forward, then backward; whatever the engine does wrong ends up in the trace."""
        if not program.scalar and not self.takes_arrays:
            return Trace({}, unsupported="arrays (no sum, mean, reshape, @ or indexing)")
        values: dict[str, Array] = {}
        gradients: dict[str, Array] = {}
        place = _Place()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                nodes = self._forward(program, values, place)
                place.move("backward", None)
                for _ in range(program.passes):
                    self.backward(nodes[program.output], _copied(program.seed))
                for name in nodes:
                    if name in program.differentiable:
                        place.move("backward", name)
                        gradient = self._gradient(nodes[name])
                        if gradient is not None:
                            gradients[name] = gradient
        except KeyboardInterrupt:
            raise
        except Unsupported as lack:
            return Trace(values, unsupported=str(lack))
        except NotImplementedError as lack:
            what = f" ({text})" if (text := " ".join(str(lack).split())[:100]) else ""
            return Trace(values, unsupported=f"implementation of {place.called(program)}{what}")
        except BaseException as error:
            return Trace(values, gradients, _failure(place, error))
        steps = [name for name in gradients if name not in program.inputs]
        wanted = [step.name for step in program.steps if step.name in program.reaching]
        leaves_only = (
            bool(gradients.keys() & program.inputs.keys())
            and all(name == program.output for name in steps)
            and len(wanted) > 1
        )
        trace = Trace(values, gradients, leaves_only=leaves_only)
        return self._twice(program, trace) if program.order == 2 else trace

    def _forward(self, program: Program, values: dict[str, Array], place: _Place) -> dict[str, Any]:
        """Every input's and step's object; their values go into ``values`` as they appear."""
        nodes: dict[str, Any] = {}
        for name, leaf in program.inputs.items():
            place.move("forward", name)
            nodes[name] = self.wrap(self._leaf(leaf, program))
            values[name] = _array(self.value(nodes[name]))
        for step in program.steps:
            place.move("forward", step.name)
            node = self._step(step, program, nodes, values)
            if step.op not in COMPARISONS:
                values[step.name] = _array(self._value(node))
            nodes[step.name] = node
        return nodes

    def _twice(self, program: Program, trace: Trace) -> Trace:
        """The trace with gradients of gradients, on a graph of their own."""
        place = _Place()
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
                    second[name] = _array(self._value(dd))
        except KeyboardInterrupt:
            raise
        except (Unsupported, NotImplementedError) as lack:
            return replace(trace, lacks_second=str(lack) or "gradients of gradients")
        except BaseException as error:
            return replace(trace, second=second, failure=_failure(place, error))
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

    def _gradient(self, node: Any) -> Array | None:
        gradient = self.gradient(node)
        if gradient is not None and hasattr(self, "cls") and isinstance(gradient, self.cls):
            gradient = self.value(gradient)
        return None if gradient is None else _array(gradient)

    def describe(self) -> list[str]:
        """What was understood of the engine, for people: a line each."""
        accepted = _seed_parameter(getattr(self.cls, "backward", None), bound=False)
        seeds = {
            None: "takes no seed: a seeded output is contracted, sum(out * seed)",
            "optional": "takes a seed",
            "required": "needs a seed",
        }
        home = self.module.__name__ if self.module is not None else "?"
        changed = [
            name
            for name in ("wrap", "value", "gradient", "backward", "grad", "apply")
            if getattr(type(self), name) is not getattr(ObjectEngine, name)
        ]
        lines = [
            f"class      {self._class_name()} of module {home}",
            "value      .data" if "value" not in changed else "value      as the adapter says",
            "gradient   .grad" if "gradient" not in changed else "gradient   as the adapter says",
            f"backward   {seeds[accepted]}",
        ]
        if changed:
            lines.append(f"adapter    {type(self).__name__} overrides {', '.join(changed)}")
        for op in OPERATIONS:
            lines.append(f"{op:<21}{self._place_of(op)}")
        return lines

    def _place_of(self, op: str) -> str:
        if op in OPERATORS:
            plain, reflected = DUNDERS[op]
            found = [name for name in dict.fromkeys((plain, reflected)) if hasattr(self.cls, name)]
            return f"operator {', '.join(found)}" if found else "missing"
        if op == "index":
            return "operator __getitem__" if hasattr(self.cls, "__getitem__") else "missing"
        if op == "transpose" and hasattr(self.cls, "T"):
            return "property T"
        try:
            self._function(op)
        except Unsupported:
            return "missing"
        call = self._found[op]
        assert isinstance(call, _Call)
        is_method = self._method(call.name) is not None
        return f"{'method' if is_method else 'function'} {call.name}"

    # -- finding operations ------------------------------------------------------------------------

    def _operator(self, op: str, operands: list[Any]) -> Any:
        plain, reflected = DUNDERS[op]
        number_first = isinstance(operands[0], int | float)
        owner = type(operands[1] if number_first else operands[0])
        if not hasattr(owner, reflected if number_first else plain):
            side = " with a number on the left" if number_first else ""
            symbol = SYMBOLS.get(op, "-x")
            missing = reflected if number_first else plain
            raise Unsupported(f"{symbol}{side} ({owner.__name__} has no {missing})")
        if op != "pow" or isinstance(operands[1], int | float):
            return OPERATORS[op](*operands)
        try:
            return operands[0] ** operands[1]
        except (AssertionError, TypeError):
            raise Unsupported("** with an exponent that is no plain number") from None

    def _constant(self, number: float, operands: Sequence[Any]) -> Value:
        """A number as the operand of a named operation: an array where the others are arrays."""
        for other in operands:
            if not isinstance(other, int | float) and isinstance(
                getattr(other, "data", None), np.ndarray
            ):
                return np.asarray(float(number), dtype=other.data.dtype)
        return float(number)

    def _function(self, op: str) -> Callable[[list[Any], Mapping[str, Any]], Any]:
        """How the engine offers ``op``, looked up once: ``call(operands, parameters)``."""
        if op not in self._found:
            for name in self.aliases.get(op, (op,)):
                function = self._method(name) or self._module_function(name)
                if function is not None:
                    self._found[op] = _Call(op, name, function)
                    break
            else:
                raise Unsupported(op)
        return self._found[op]

    def _method(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.cls, name, None) if hasattr(self, "cls") else None
        return found if callable(found) else None

    def _module_function(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.module, name, None)
        if self.module is None or not callable(found) or isinstance(found, type):
            return None
        home = str(getattr(found, "__module__", None)).partition(".")[0]
        return found if home == self.module.__name__.partition(".")[0] else None


class _Place:
    """Where a run has got to, for what goes wrong there."""

    def __init__(self) -> None:
        self.direction = "forward"
        self.step: str | None = None

    def move(self, direction: str, step: str | None) -> None:
        self.direction, self.step = direction, step

    def called(self, program: Program) -> str:
        """The operation there, or backward."""
        if self.direction != "forward":
            return "backward"
        return {step.name: step.op for step in program.steps}.get(str(self.step), "the input")


class _Call:
    """One operation of an engine, and how its parameters are passed."""

    def __init__(self, op: str, name: str, function: Callable[..., Any]) -> None:
        self.op, self.name, self.function = op, name, function
        self.operation = OPERATIONS[op]
        try:
            self.signature = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            self.signature = []
        kinds = inspect.Parameter
        self.spreads = any(p.kind is kinds.VAR_POSITIONAL for p in self.signature)
        self.open = any(p.kind is kinds.VAR_KEYWORD for p in self.signature)

    def __call__(self, operands: list[Any], given: Mapping[str, Any]) -> Any:
        arguments: list[Any] = list(operands)
        if self.op == "einsum":  # everybody's einsum takes the equation first
            return self.function(given["equation"], *operands)
        if self.op == "transpose" and self.name == "transpose" and self.spreads:
            return self.function(*operands, *_exchange(operands[0], **given))  # numpy's: all axes
        if self.operation.variadic and not self.spreads:
            arguments = [list(operands)]
        keywords: dict[str, Any] = {}
        positional = [
            p for p in self.signature if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        taken = {p.name for p in positional[: len(arguments)]}
        by_name = {p.name: p for p in self.signature if p.name not in taken}
        for name, parameter in self.operation.parameters.items():
            found = next((key for key in KEYWORDS.get(name, (name,)) if key in by_name), None)
            value = given.get(name, parameter.default)
            if found is not None and by_name[found].kind is not inspect.Parameter.VAR_POSITIONAL:
                if name in given or by_name[found].default != parameter.default:
                    keywords[found] = value
                by_name.pop(found)
            elif name not in given:
                continue
            elif self.open:
                keywords[name] = value
            elif self.spreads and parameter.default is REQUIRED:
                arguments.extend(value if isinstance(value, tuple) else (value,))
            elif parameter.default is REQUIRED and len(by_name) > len(keywords):
                arguments.append(value)
                by_name.pop(next(iter(by_name)))
            else:
                raise Unsupported(f"{self.op} with {name}")
        return self.function(*arguments, **keywords)


def _exchange(node: Any, axis0: int, axis1: int) -> list[int]:
    """The order of axes that exchanges two of them."""
    order = list(range(np.ndim(getattr(node, "data", node))))
    order[axis0], order[axis1] = order[axis1], order[axis0]
    return order


def _seed_parameter(backward: Any, bound: bool = True) -> str | None:
    """Whether ``backward`` takes a seed: ``required``, ``optional`` or None. Not ``bound``, its
    first parameter is the object itself."""
    try:
        parameters = list(inspect.signature(backward).parameters.values())[0 if bound else 1 :]
    except (TypeError, ValueError):
        return None
    first = parameters[0] if parameters else None
    if first is None or first.kind not in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD):
        return None
    if first.default is first.empty:
        return "required"
    return "optional" if first.name in SEEDS or first.name in SEEDS_SHORT else None


def _copied(value: Value) -> Value:
    return value if isinstance(value, float) else value.copy()


def _is_number(value: Any) -> bool:
    return isinstance(value, float)


def _array(answer: Any) -> Array:
    """A copy of an engine's answer as an array of float64 or float32; Unreadable if it is none."""
    if type(answer) is float:
        return np.asarray(answer)
    if answer is None:
        raise Unreadable("the answer is None, not a number")
    if isinstance(answer, str | bytes):
        raise Unreadable(f"the answer is text, {str(answer)[:40]!r}, not a number")
    try:
        array = np.array(answer)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the answer, a {type(answer).__name__}, is no array: {error}") from None
    if array.dtype.kind == "c":
        raise Unreadable(f"the answer is complex: {str(answer)[:40]}")
    if array.dtype.kind == "O" and array.ndim == 0:
        raise Unreadable(f"the answer is a {type(answer).__name__}, not a number or an array")
    if array.dtype.kind not in "fiub":
        raise Unreadable(f"the answer is an array of {array.dtype}, not of numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _failure(place: _Place, error: BaseException) -> Failure:
    """The engine's exception in one line, with its own traceback lines and none of ours."""
    if isinstance(error, Unreadable):
        return Failure(place.direction, place.step, str(error))
    return Failure(
        place.direction,
        place.step,
        describe(error),
        own_lines(error),
        isinstance(error, ZeroDivisionError | OverflowError)
        or (isinstance(error, ValueError) and "math domain error" in str(error)),
    )


def describe(error: BaseException) -> str:
    """``ValueError: message``, in one line of bounded length, even if ``str(error)`` raises."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = "(its message cannot be read)"
    name = type(error).__name__
    return f"{name}: {text[:300]}" if text else name


def own_lines(error: BaseException, keep: int = 6) -> tuple[str, ...]:
    """The traceback's lines outside the harness, numpy and the import system; the last ``keep``."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((HARNESS, "<frozen", str(Path(np.__file__).parent)))
    ]
    here = str(Path.cwd()) + "/"
    lines = [
        f"{frame.filename.removeprefix(here)}:{frame.lineno}: in {frame.name}: {frame.line or ''}"
        for frame in frames[-keep:]
    ]
    if isinstance(error, SyntaxError) and error.filename:
        lines = [
            f"{error.filename.removeprefix(here)}:{error.lineno}: {(error.text or '').strip()}"
        ]
    return tuple(lines)
