"""Computing one step: by an operator of Python's, or by what a class and modules offer for it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from operator import is_
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from harness.engines.clock import tried
from harness.engines.conventions import Conventions
from harness.engines.engine import Engine, Unsupported
from harness.engines.failures import describe
from harness.engines.numbers import as_array
from harness.engines.running.calling import TURNS, Call, Parameters, spellings
from harness.engines.running.meanings import LACKS, form_of, is_of_matrices
from harness.engines.running.offering import Offering
from harness.engines.running.operators import operate
from harness.engines.running.telling import family_of, offers
from harness.engines.undisturbed import undisturbed, unwarned
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.examples import OF_ARRAYS, OF_LISTS, example
from harness.vocabulary.native import NATIVE
from harness.vocabulary.operation import Operation
from harness.vocabulary.program import Array, Step, Value
from harness.vocabulary.signatures import OPERATIONS


@dataclass(frozen=True, slots=True)
class Several:
    """The results of a call that nobody has asked for yet, by their numbers."""

    op: str
    operands: Sequence[Any]
    parameters: Mapping[str, Any]
    left: dict[int, Any]

    def is_of(self, op: str, operands: Sequence[Any], parameters: Mapping[str, Any]) -> bool:
        """Whether it is the same operation on the very same objects."""
        same = len(operands) == len(self.operands) and all(map(is_, operands, self.operands))
        return self.op == op and same and self.parameters == parameters


class ApplyingEngine(Engine):
    """Computes steps on objects of ``cls``; where that is None, on Python's numbers and arrays.
    Operations may be methods, or functions of ``module`` and ``modules``."""

    cls: type | None = None
    module: ModuleType | None = None
    modules: Sequence[ModuleType] = ()
    """Further modules in which functions are looked for."""
    file: ModuleType | None = None
    """The module that it was loaded from, which may be that of an adapter."""
    operations: Mapping[str, Callable[..., Any] | None] = MappingProxyType({})
    """What is to be called for an operation, where that is not found by name: with the operands,
    and the parameters as keywords. None says that the engine lacks it."""
    aliases: Mapping[str, tuple[str, ...]] = ALIASES
    gathers = False
    """Whether operations take their operands in one list."""
    conventions: Conventions

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        if cls is not None:
            self.cls = cls
        if module is not None:
            self.module = module
        self._calls: dict[str, Call] = {}
        self._keeping: dict[str, bool] = {}
        self._forms: dict[str, str] = {}
        self._several: list[Several] = []

    @property
    def class_name(self) -> str:
        """What its objects are called."""
        return "engine object" if self.cls is None else self.cls.__name__

    def is_object(self, item: Any) -> bool:
        """Whether something is one of the engine's objects, of its class or of a related one."""
        return self.cls is not None and isinstance(item, family_of(self.cls))

    def wrap(self, value: Value) -> Any:
        """An engine object for a leaf: a Python float in a scalar case, otherwise an array."""
        raise NotImplementedError

    def leaf(self, value: Value) -> Any:
        """A leaf by which is differentiated."""
        return self.wrap(value)

    def value(self, node: Any) -> Any:
        """The value of an engine object."""
        raise NotImplementedError

    def rank_of(self, node: Any) -> int:
        """How many axes the value of an engine object has."""
        return np.ndim(self.value(node))

    def recording(self) -> AbstractContextManager[None]:
        """What a forward pass runs in."""
        return nullcontext()

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """The result of one step. Operands are engine objects, numbers as written, or raw arrays
        (conditions and labels). Raises :class:`Unsupported` for an operation the engine lacks."""
        op, shape = step.op, step.operation.shape
        if self.operations.get(op, op) is None:
            raise Unsupported(op)
        if "index" in step.parameters:
            return self._indexed(operands[0], step.parameters["index"])
        if op in NATIVE:
            return self._by_operator(step, operands)
        given = self._taken(step, operands)
        if shape == "transpose" and sorted(step.parameters.values()) == [0, 1]:
            matrix = given[0]
            if hasattr(type(matrix), "T") and np.ndim(self.value(matrix)) == 2:
                return matrix.T() if inspect.ismethod(matrix.T) else matrix.T
        if shape in TURNS and self.conventions.pairs:
            if shape != "transpose":
                raise Unsupported(f"{op} (transpose exchanges two axes)")
            return self._call(op).function(*given, tuple(step.arguments.values()))
        if step.operation.pieces:
            return self._piece(step, given)
        if step.operation.called:
            return self._overloaded(step, given)
        if "approximate" in step.operation.parameters:
            return self._call(op)(given, self._approximating(step))
        result = self._call(op)(given, self._reducing(step))
        if isinstance(result, list) and any(item is own for item in result for own in given):
            raise Unsupported(op)  # a list of objects, the operand among them, is a way through it
        return self._values(step.operation, result)

    def _reducing(self, step: Step) -> Parameters:
        """The parameters of a step; an engine whose reductions keep their axes takes no word of
        that, and lacks those that drop them."""
        if "keepdims" not in step.operation.parameters or not self._keeps_axes(step.op):
            return step.parameters
        if not step.parameters.get("keepdims") or step.parameters.get("axis") is None:
            raise Unsupported(f"{step.op} that drops its axes (it keeps them)")
        return {name: item for name, item in step.parameters.items() if name != "keepdims"}

    def _approximating(self, step: Step) -> Parameters:
        """The parameters of a step; an engine that has one approximation lacks what is another."""
        if step.op not in self._forms:
            call = self._call(step.op)
            self._forms[step.op] = form_of(call, partial(self._trial, call))
        form = self._forms[step.op]
        if form and step.parameters.get("approximate") != form:
            raise Unsupported(LACKS[form])
        return {} if form else step.parameters

    def _keeps_axes(self, op: str) -> bool:
        """Whether a reduction keeps the axis over which it goes, and cannot be told otherwise."""
        if op not in self._keeping:
            self._keeping[op] = False
            call = self._call(op)
            if not call.hides and not any(p.name in spellings("keepdims") for p in call.told):
                found = self._trial(call, np.full((2, 3), 0.5), axis=0)
                self._keeping[op] = found is not None and found.shape == (1, 3)
        return self._keeping[op]

    def _trial(self, call: Call, operand: Value, **parameters: Any) -> Array | None:
        """What a call gives, tried without a trace; None where that is no number."""
        with tried(), undisturbed(self.homes()):
            return as_array(self.value(call([self.wrap(operand)], parameters)))
        return None

    def _values(self, operation: Operation, result: Any) -> Any:
        """The values alone, of an operation that may tell beside them where they stand."""
        beside = operation.places and isinstance(result, tuple) and not self.is_object(result)
        return result[0] if beside else result

    def _piece(self, step: Step, given: list[Any]) -> Any:
        """One of several results, of a call that is made once for all of them."""
        piece = step.parameters["piece"]
        written = {name: value for name, value in step.parameters.items() if name != "piece"}
        for several in self._several:
            if several.is_of(step.op, given, written) and piece in several.left:
                return several.left.pop(piece)
        results = self._call(step.op)(given, written)
        if not isinstance(results, list | tuple) or self.is_object(results):
            raise Unsupported(f"{step.op} with several results")
        found = results[piece]
        left = {i: result for i, result in enumerate(results) if i != piece}
        self._several.append(Several(step.op, given, written, left))
        return found

    def _overloaded(self, step: Step, given: list[Any]) -> Any:
        """An operation called by another one's name, which may be there for that one alone."""
        call = self._call(step.op)
        try:
            return call(given, step.parameters)
        except (TypeError, ValueError, IndexError, AssertionError) as error:
            if call.name == step.op or self._has_overload(step.op):
                raise
            kinds = ", ".join(step.operation.operands)
            raise Unsupported(f"{call.name} of {kinds} ({describe(error)})") from None

    def _has_overload(self, op: str) -> bool:
        """Whether what is called by an operation's name takes its operands at all."""
        operands, parameters = example(op)
        leaves = [self.wrap(np.array(x) if isinstance(x, list) else x) for x in operands]
        with suppress(Exception):
            self.value(self._call(op)(leaves, parameters))
            return True
        return False

    def number_of(self, step: Step, operands: list[Any]) -> Any:
        """The value of a step alone, of operands as :meth:`apply` takes them."""
        return self.value(self.apply(step, operands))

    def on(self, op: str, *operands: Any) -> Any:
        """The result of an operation, its parameters as they are by default."""
        return self.apply(Step(op, op, tuple(map(str, range(len(operands))))), list(operands))

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether the engine is one of tensors. One of plain numbers may add arrays by luck; it has
        no operation that only arrays need."""
        return any(map(self.has, OF_ARRAYS)) or any(map(self._answers_with_an_array, OF_LISTS))

    def _answers_with_an_array(self, op: str) -> bool:
        with tried(), unwarned():
            answer = self.value(self.on(op, self.wrap(np.array([0.5, 1.5]))))
            return bool(as_array(answer).shape == (2,))
        return False

    @cached_property
    def no_backward(self) -> str | None:
        """Why the engine has no backward pass at all, None if it has one."""
        raise NotImplementedError

    # -- where operations are found ----------------------------------------------------------------

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        kind = np.ndarray if self.cls is None else self.cls
        if self.operations.get(op, op) is None:
            return "missing"
        if op in NATIVE:
            methods = dict.fromkeys((NATIVE[op].method, NATIVE[op].reflected))
            found = [name for name in methods if offers(kind, name)]
            if found:
                return f"operator {', '.join(found)}"
        if "index" in OPERATIONS[op].parameters:
            return "missing"
        if OPERATIONS[op].shape == "transpose" and hasattr(kind, "T"):
            return "method T" if callable(kind.T) else "property T"
        call = self.call(op)
        if call is None:
            return "missing"
        return call.kind if call.kind.startswith("class") else f"{call.kind} {call.name}"

    def has(self, op: str) -> bool:
        """Whether the engine has an operation."""
        return self.place_of(op) != "missing"

    def call(self, op: str) -> Call | None:
        """How an operation is called by its name; None if it is not found."""
        with suppress(Unsupported):
            return self._call(op)
        return None

    def _call(self, op: str) -> Call:
        """How the engine offers ``op``, looked up once."""
        if op not in self._calls:
            own = self.operations.get(op)
            names = (*self.aliases.get(op, (op,)), *self.conventions.names.get(op, ()))
            call = Call.of(op, op, own) if own is not None else self._offering.find(op, names)
            if call is None:
                raise Unsupported(op)
            if op == "reciprocal" and is_of_matrices(partial(self._trial, call)):
                raise Unsupported(op)
            call.rank = self.rank_of
            self._calls[op] = call
        return self._calls[op]

    def called_as(self, op: str, name: str) -> Call | None:
        """What has a name, called as an operation is; None where it cannot be."""
        return self._offering.find(op, (name,))

    def named_binary(self) -> list[str]:
        """Operations of two operands that are no operators of the engine's."""
        kind = np.ndarray if self.cls is None else self.cls
        return [
            op
            for op, operation in OPERATIONS.items()
            if list(operation.operands.values()) == ["value"] * 2
            and operation.shape == "broadcast"
            and not (op in NATIVE and offers(kind, NATIVE[op].method))
            and self.call(op) is not None
        ]

    # -- what its modules have ---------------------------------------------------------------------

    @cached_property
    def _offering(self) -> Offering:
        sample = partial(self.wrap, 1.0)
        offering = Offering(self.cls, self.module, self.modules, sample, self.owner, self.gathers)
        return offering

    def owners(self) -> list[type]:
        """The classes that compute with the engine's objects."""
        return self._offering.owners

    def owner(self, kind: type) -> Any:
        """The object of a class that the graph has of its own."""
        return kind()

    def homes(self) -> list[ModuleType]:
        """The modules that are the engine's own: its module, and its class's."""
        other = sys.modules.get(getattr(self.cls, "__module__", ""))
        return [module for module in (self.module, other) if module is not None]

    def function(self, name: str) -> Callable[..., Any] | None:
        """The function of that name in the engine's modules."""
        return self._offering.function(name)

    def members(self) -> Iterator[tuple[str, Any]]:
        """All that the engine's modules hold, by name."""
        for module in self._offering.modules():
            yield from list(vars(module).items())

    def classes(self) -> Iterator[tuple[str, type]]:
        """All classes of the engine's modules but its own."""
        for name, item in self.members():
            if isinstance(item, type) and item is not self.cls:
                yield name, item

    # -- calling them ------------------------------------------------------------------------------

    def _indexed(self, operand: Any, items: tuple[Any, ...]) -> Any:
        if not offers(type(operand), "__getitem__"):
            raise Unsupported("indexing")
        return operand[items if len(items) > 1 else items[0]]

    def _by_operator(self, step: Step, operands: list[Any]) -> Any:
        native = NATIVE[step.op]
        reflects = len(operands) > 1 and self._is_number(operands[0])
        owner = type(operands[1] if reflects else operands[0])
        method = native.reflected if reflects else native.method
        if self.cls is not None and not offers(owner, method):
            call = None if offers(owner, native.method) else self.call(step.op)
            if call is not None:
                return call(self._taken(step, operands), {})
            raise Unsupported(f"{self._asked(step, operands)} ({owner.__name__} has no {method})")
        if not native.plain or self._is_number(operands[1]):
            try:
                return operate(native.function, operands)
            except Unsupported as refusal:
                raise Unsupported(f"{self._asked(step, operands)} ({refusal})") from None
        try:
            node = native.function(*operands)
            with suppress(AttributeError):
                self.value(node)  # where that is computed only when it is asked for
            return node
        except (AssertionError, TypeError):
            raise Unsupported(
                f"{step.operation.symbol} with an exponent that is no plain number"
            ) from None

    def _asked(self, step: Step, operands: list[Any]) -> str:
        """An operator with the kind of its operands, as a lack is told."""
        symbol = step.operation.symbol or "-x"
        numbers = [self._is_number(operand) for operand in operands]
        if numbers[0]:
            return f"{symbol} with a number on the left"
        return f"x {symbol} number" if any(numbers) else symbol

    def _taken(self, step: Step, operands: list[Any]) -> list[Any]:
        """The operands of a named operation: a number as an object of the engine, or the last one
        as it is where that is wanted."""
        plain = len(operands) - 1 if step.op in self.conventions.numbers else None
        if plain is not None and not self._is_number(operands[plain]):
            raise Unsupported(f"{step.op} by anything but a plain number")
        return [
            self.wrap(self._beside(operand, operands))
            if self._is_number(operand) and i != plain and step.is_number(i)
            else operand
            for i, operand in enumerate(operands)
        ]

    def _is_number(self, item: Any) -> bool:
        """Whether an operand is a plain number, and not an object of a class that is one, too."""
        plain = isinstance(item, int | float) and not isinstance(item, bool)
        return plain and not self.is_object(item)

    def _beside(self, number: float, operands: Sequence[Any]) -> Value:
        """A number as the operand of a named operation: an array where the others are arrays, as
        far as these have been computed, and of one element where they are of one."""
        for other in () if self.conventions.forward else operands:
            if not self._is_number(other) and not isinstance(other, bool | np.ndarray):
                value = self.value(other)
                if isinstance(value, np.ndarray):
                    shape = value.shape if value.size == 1 else ()
                    return np.full(shape, number, value.dtype)
        return float(number)
