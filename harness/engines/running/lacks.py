"""What an engine lacks, found by trying it: what is not written yet, and what it declines itself.

An exception tells of a lack, and of no mistake, where the engine says so (NotImplementedError, or
words such as "not supported"), where an operation has not even looked at its operands, where it
takes one axis and not several, and where it refuses one kind of operands by a ``raise`` or an
``assert`` of its own while it takes another kind.
Imports numpy and the standard library alone.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from traceback import walk_tb
from typing import Any, Final

import numpy as np

from harness.engines.clock import tried
from harness.engines.engine import Unsupported
from harness.engines.failures import Place, printable, says
from harness.engines.numbers import Unreadable, as_array
from harness.engines.running.applying import ApplyingEngine
from harness.engines.running.calling import spellings
from harness.engines.sources import is_engines
from harness.vocabulary.bound import bind
from harness.vocabulary.native import NATIVE
from harness.vocabulary.operation import REQUIRED
from harness.vocabulary.program import Array, Program, Step, default_seed

BACKWARD: Final = "backward"
"""What is lacking where there is no backward pass at all."""

REFUSALS: Final = (AssertionError, ValueError, TypeError, RuntimeError)
"""The exceptions by which engines refuse operands."""

WORDS: Final = re.compile(
    r"not (yet |currently )?(supported|implemented)|unsupported|unimplemented|no support"
    r"|(n't|not) (yet )?support",
    re.IGNORECASE,
)
"""How engines say that they cannot do something."""

NUMPYS: Final = re.compile(r"returned NotImplemented from __array_ufunc__|not support ufuncs")
"""How numpy says that an object does not take part in an operation."""

HARMLESS: Final = 0.5
"""A number that every operation takes."""


def lack(
    engine: ApplyingEngine,
    program: Program,
    place: Place,
    error: BaseException,
    values: Mapping[str, Array],
) -> str | None:
    """What the engine lacks, if that is what an exception tells of; None if it is a mistake."""
    if isinstance(error, Unsupported):
        return printable(str(error))
    if place.direction != "forward":
        return _of_backward(engine, program, error, values) if _declines(error) else None
    if place.step in program.inputs:
        return _of_constructor(engine, program.inputs[str(place.step)], error)
    step = program.by_name[str(place.step)]
    known = values.keys() | program.constants.keys()
    if step.operation.compares or not known.issuperset(step.parents):
        return None  # where numbers come later, those of its operands may not be there either
    example = _Example.of(step, program, values)
    if isinstance(error, Unreadable):
        idle = str(error) == "the result is None" and _looks_at_nothing(engine, example)
        return f"implementation of {step.op} (it returns None)" if idle else None
    if isinstance(error, np.linalg.LinAlgError):
        return step.op  # what has its name is an operation of matrices
    if wanted := _demanded(engine, step):
        return f"{step.op} without {wanted}"
    if _takes_one_axis(engine, example, error):
        return f"{step.op} over several axes"
    declined = _declines(error)
    if not declined and not (isinstance(error, REFUSALS) and _is_raised(error)):
        return None
    kind, told = _refused(engine, example), _told(error)
    if kind is None:
        return f"implementation of {step.op}{_aside(told)}" if declined else None
    return f"{kind} ({step.op}: {told})" if told else kind


def _takes_one_axis(engine: ApplyingEngine, example: _Example, error: BaseException) -> bool:
    """Whether it is several axes that an operation does not take, if it takes the first of them."""
    axes = example.step.parameters.get("axis")
    if not isinstance(axes, tuple) or not isinstance(error, TypeError | ValueError | IndexError):
        return False
    parameters = {**example.step.parameters, "axis": axes[0]}
    return replace(example, step=replace(example.step, parameters=parameters)).works(engine)


def _demanded(engine: ApplyingEngine, step: Step) -> str:
    """A parameter that the engine's operation has no default for, and the program gives no value;
    empty where there is none."""
    call = engine.call(step.op)
    needed = [p.name for p in call.signature if p.default is p.empty] if call is not None else []
    absent = (name for name, given in step.arguments.items() if given is None)
    return next((name for name in absent if not set(spellings(name)).isdisjoint(needed)), "")


# -- what an exception says ------------------------------------------------------------------------


def _declines(error: BaseException) -> bool:
    """Whether the engine says that this is not there."""
    if isinstance(error, NotImplementedError) or NUMPYS.search(says(error)):
        return True
    return isinstance(error, Exception) and _is_raised(error) and bool(WORDS.search(says(error)))


def _is_raised(error: BaseException) -> bool:
    """Whether a ``raise`` or an ``assert`` of the engine's has raised it, and nothing that it
    called."""
    code, instruction = None, 0
    for frame, _ in walk_tb(error.__traceback__):
        code, instruction = frame.f_code, frame.f_lasti
    if code is None or not is_engines(code.co_filename):
        return False
    return code.co_code[instruction] == dis.opmap["RAISE_VARARGS"]


def _told(error: BaseException) -> str:
    return printable(says(error)[:100])


def _aside(text: str) -> str:
    return f" ({text})" if text else ""


# -- the constructor, and operations that do nothing -----------------------------------------------


def _of_constructor(engine: ApplyingEngine, leaf: Any, error: BaseException) -> str | None:
    if isinstance(error, NotImplementedError):
        return f"constructor{_aside(_told(error))}"
    rank = np.ndim(leaf)
    taken = [other for other in range(4) if _takes(engine, other)]
    if not isinstance(error, REFUSALS) or not taken or rank in taken:
        return None
    kind = "plain numbers"
    if rank:
        kind = "arrays" if taken == [0] else f"arrays of {_axes(rank)}"
    return f"{kind} ({_told(error)})"


def _takes(engine: ApplyingEngine, rank: int) -> bool:
    """Whether an object can be made of an array of that many axes, or of a number."""
    leaf: Any = np.full((2,) * rank, 1.5) if rank else 1.5
    with suppress(Exception):
        return as_array(engine.value(engine.wrap(leaf))).ndim == rank
    return False


def _looks_at_nothing(engine: ApplyingEngine, example: _Example) -> bool:
    """Whether an operation has nothing to do with its operands, as a body of ``pass`` has not."""
    looked: list[str] = []

    def watched(node: Any) -> Any:
        kind = type(node)

        def spy(self: Any, name: str) -> Any:
            looked.extend([name] if name != "__class__" else [])  # which isinstance reads
            return getattr(super(type(self), self), name)

        node.__class__ = type(kind.__name__, (kind,), {"__getattribute__": spy, "__slots__": ()})
        return node

    with tried():
        given = example.wrapped(engine)
        operands = [watched(item) if engine.is_object(item) else item for item in given]
        idle = engine.cls is not None and engine.apply(example.step, operands) is None
        return idle and not looked
    return False


# -- kinds of operands -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Example:
    """A step with operands to try it on: arrays of values, plain numbers, and what is neither."""

    step: Step
    operands: tuple[Any, ...]
    scalar: bool

    @classmethod
    def of(cls, step: Step, program: Program, values: Mapping[str, Array]) -> _Example:
        """The step as the engine was asked for it."""
        bound = bind(step, values, program.constants)
        own = [x.copy() if isinstance(x, np.ndarray) else x for x in bound.operands]
        return cls(step, tuple(own), program.scalar)

    def is_value(self, position: int) -> bool:
        return self.step.kind(position) == "value" and isinstance(
            self.operands[position], np.ndarray
        )

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of the arrays of values."""
        return [item.shape for i, item in enumerate(self.operands) if self.is_value(i)]

    def wrapped(self, engine: ApplyingEngine) -> list[Any]:
        """The operands as the engine takes them."""
        return [
            engine.wrap(float(item) if self.scalar and not item.shape else item.copy())
            if self.is_value(i)
            else item
            for i, item in enumerate(self.operands)
        ]

    def works(self, engine: ApplyingEngine) -> bool:
        """Whether the engine answers with numbers."""
        with tried(), np.errstate(all="ignore"):
            as_array(engine.value(engine.apply(self.step, self.wrapped(engine))))
            return True
        return False

    def with_values(self, change: Callable[[Array], Array]) -> _Example:
        """Another one, in which ``change`` is made to each array of values."""
        own = enumerate(self.operands)
        return replace(self, operands=tuple(change(x) if self.is_value(i) else x for i, x in own))

    def of_rank(self, rank: int) -> _Example:
        """Another one, with arrays of so many axes."""
        return self.with_values(lambda array: np.full((2,) * rank, HARMLESS, array.dtype))


def _refused(engine: ApplyingEngine, example: _Example) -> str | None:
    """The kind of operands that an operation declines, if it takes others: the first difference
    from a plainer example that makes the step work."""
    if example.with_values(lambda array: np.full_like(array, HARMLESS)).works(engine):
        return None  # it is these very numbers that it does not take
    return next((what for what, plain in _plainer(engine, example) if plain.works(engine)), None)


def _plainer(engine: ApplyingEngine, example: _Example) -> Iterator[tuple[str, _Example]]:
    """What is special about an example, each with one in which that is not so."""
    step, shapes = example.step, example.shapes
    if len(set(shapes)) > 1 and step.operation.shape in ("broadcast", "matmul"):
        with suppress(ValueError):
            full = np.broadcast_shapes(*shapes)
            yield "broadcasting", example.with_values(lambda a: np.broadcast_to(a, full).copy())
    numbers = [i for i, item in enumerate(example.operands) if isinstance(item, int | float)]
    if numbers and shapes:
        wanted = np.broadcast_shapes(*shapes)
        own = enumerate(example.operands)
        arrays = tuple(np.full(wanted, float(x)) if i in numbers else x for i, x in own)
        yield _with_number(step, numbers[0]), replace(example, operands=arrays)
    if step.op in NATIVE and NATIVE[step.op].plain and example.is_value(len(example.operands) - 1):
        plainer = replace(example, operands=(*example.operands[:-1], 2.0))
        yield f"{step.operation.symbol} with an exponent that is no plain number", plainer
    known = step.operation.parameters
    optional = [name for name in step.parameters if known[name].default is not REQUIRED]
    for dropped in [*([name] for name in optional), optional]:
        kept = {key: item for key, item in step.parameters.items() if key not in dropped}
        if dropped:
            plain = replace(example, step=replace(step, parameters=kept))
            yield f"{step.op} with {', '.join(dropped)}", plain
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1 or (ranks and not example.of_rank(max(ranks)).works(engine)):
        told = " and ".join(_axes(rank) for rank in sorted(ranks))
        yield from ((f"{step.op} of {told}", example.of_rank(other)) for other in range(3))


def _axes(rank: int) -> str:
    return ("a number", "1 axis")[rank] if rank < 2 else f"{rank} axes"


def _with_number(step: Step, position: int) -> str:
    symbol = step.operation.symbol
    if not symbol:
        return f"{step.op} with a plain number"
    return f"x {symbol} number" if position else f"number {symbol} x"


# -- backward --------------------------------------------------------------------------------------


def _of_backward(
    engine: ApplyingEngine, program: Program, error: BaseException, values: Mapping[str, Array]
) -> str:
    """Which operation has no backward: one that has none on its own, either."""
    if engine.no_backward is not None:
        return engine.no_backward
    steps = {step.op: step for step in program.steps if step.name in program.reaching}
    for op, step in steps.items():
        if len(steps) == 1 or engine.run(_alone(step, program, values)).lacks_backward:
            return f"{BACKWARD} of {op}{_aside(_told(error))}"
    return f"{BACKWARD}{_aside(_told(error))}"


def _alone(step: Step, program: Program, values: Mapping[str, Array]) -> Program:
    """A program of one step, on the numbers that it has in another one."""
    given = {name: values[name] for name in step.parents if name in program.differentiable}
    scalar = program.scalar
    fixed = {name: values[name] for name in step.parents if name in values and name not in given}
    return replace(
        program,
        inputs={name: float(a) if scalar else a.copy() for name, a in given.items()},
        constants={**program.constants, **fixed},
        steps=(step,),
        seed=default_seed(program.shapes[step.name]),
        order=1,
        backward_calls=1,
    )
