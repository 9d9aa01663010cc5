"""What an engine lacks, found by trying it: what is not written yet, and what it declines itself.

An exception tells of a lack, and of no mistake, where the engine says so (NotImplementedError, or
words such as "not supported"), where an operation has not even looked at its operands, and where it
refuses one kind of operands by a ``raise`` or an ``assert`` of its own while it takes another kind.
Imports numpy and the standard library alone.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.engines.answers import Place, Unreadable, as_array, is_own, printable, says
from harness.engines.calls import Unsupported
from harness.engines.clock import attempt
from harness.vocabulary.bound import bind
from harness.vocabulary.program import Array, Program, Step, default_seed
from harness.vocabulary.signatures import OPERATIONS, REQUIRED, SYMBOLS

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

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

TINY: Final = ("mul", "add", "sub", "neg", "exp", "tanh")
"""Operations of which a graph is built to see what backward does: those that engines have first."""

LEAVES: Final = (1.5, np.array(1.5), np.array([1.5]))
"""What the leaf of such a graph is made of, for whichever of these an engine takes."""

DEEPEST: Final = 12
"""So far from an object is looked for what it holds."""


def lack(
    engine: ObjectEngine,
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
    if step.operation.compares:
        return None
    told = _told(error)
    if isinstance(error, Unreadable):
        idle = told == "the result is None" and _looks_at_nothing(engine, step, program, values)
        return f"implementation of {step.op} (it returns None)" if idle else None
    if not _declines(error) and not (isinstance(error, REFUSALS) and _is_raised(error)):
        return None
    kind = _refused(engine, step, program, values)
    if kind is None and not _declines(error):
        return None
    what = kind or f"implementation of {step.op}"
    return f"{what} ({step.op}: {told})" if told and kind else f"{what}{_aside(told)}"


def no_backward(engine: ObjectEngine) -> str | None:
    """Why there is no backward pass at all, seen from graphs of two steps; None if there is one, or
    it cannot be told. One that changes nothing in any object is not written yet."""
    found = None
    for op in TINY:
        for leaf in LEAVES:
            try:
                with attempt():
                    nodes = _graph(engine, op, leaf)
            except Exception:
                continue
            before = _state(engine, nodes)
            try:
                with attempt():
                    engine.backward(nodes[-1], np.ones(1) if np.shape(leaf) else 1.0)
            except NotImplementedError:
                found = found or BACKWARD
                continue
            except Unsupported:
                continue
            except Exception:
                return None
            if _state(engine, nodes) != before:
                return None
            found = f"{BACKWARD} (it changes nothing yet)"
    return found


# -- what an exception says ------------------------------------------------------------------------


def _declines(error: BaseException) -> bool:
    """Whether the engine says that this is not there."""
    if isinstance(error, NotImplementedError) or NUMPYS.search(says(error)):
        return True
    return isinstance(error, Exception) and _is_raised(error) and bool(WORDS.search(says(error)))


def _is_raised(error: BaseException) -> bool:
    """Whether a ``raise`` or an ``assert`` of the engine's has raised it, and nothing that it
    called."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or not is_own(place.tb_frame.f_code.co_filename):
        return False
    return place.tb_frame.f_code.co_code[place.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def _told(error: BaseException) -> str:
    return printable(says(error)[:100])


def _aside(text: str) -> str:
    return f" ({text})" if text else ""


# -- the constructor, and operations that do nothing -----------------------------------------------


def _of_constructor(engine: ObjectEngine, leaf: Any, error: BaseException) -> str | None:
    if isinstance(error, NotImplementedError):
        return f"constructor{_aside(_told(error))}"
    rank = np.ndim(leaf)
    taken = [other for other in range(4) if other != rank and _takes(engine, other)]
    if not isinstance(error, REFUSALS) or not taken or _takes(engine, rank):
        return None
    kind = "arrays" if taken == [0] and rank else f"arrays of {_axes(rank)}"
    return f"{kind if rank else 'plain numbers'} ({_told(error)})"


def _takes(engine: ObjectEngine, rank: int) -> bool:
    """Whether an object can be made of an array of that many axes, or of a number."""
    leaf: Any = np.full((2,) * rank, 1.5) if rank else 1.5
    try:
        return as_array(engine.value(engine.wrap(leaf))).ndim == rank
    except Exception:
        return False


def _looks_at_nothing(
    engine: ObjectEngine, step: Step, program: Program, values: Mapping[str, Array]
) -> bool:
    """Whether an operation has nothing to do with its operands, as a body of ``pass`` has not."""
    looked: list[str] = []

    def watched(node: Any) -> Any:
        kind = type(node)

        def spy(self: Any, name: str) -> Any:
            looked.extend([name] if name != "__class__" else [])  # which isinstance reads
            return getattr(super(type(self), self), name)

        node.__class__ = type(kind.__name__, (kind,), {"__getattribute__": spy, "__slots__": ()})
        return node

    try:
        operands = list(_Example.of(step, program, values).wrapped(engine))
        operands = [watched(o) if isinstance(o, engine.cls) else o for o in operands]
        with attempt():
            return engine.apply(step, operands) is None and not looked
    except Exception:
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
        operands = bind(step, values, program.constants).operands
        copies = (np.copy(item) if isinstance(item, np.ndarray) else item for item in operands)
        return cls(step, tuple(copies), program.scalar)

    def is_value(self, position: int) -> bool:
        operation = self.step.operation
        kind = operation.kind(position)
        return kind == "value" and isinstance(self.operands[position], np.ndarray)

    def wrapped(self, engine: ObjectEngine) -> Iterator[Any]:
        """The operands as the engine takes them."""
        for position, item in enumerate(self.operands):
            if not self.is_value(position):
                yield item
            else:
                yield engine.wrap(float(item) if self.scalar and not item.shape else item.copy())

    def works(self, engine: ObjectEngine) -> bool:
        """Whether the engine answers with numbers."""
        try:
            with attempt(), np.errstate(all="ignore"):
                as_array(engine.value(engine.apply(self.step, list(self.wrapped(engine)))))
        except Exception:
            return False
        return True

    def with_values(self, change: Any) -> _Example:
        """Another one, in which ``change`` is made to each array of values."""
        changed = [
            change(item) if self.is_value(position) else item
            for position, item in enumerate(self.operands)
        ]
        return replace(self, operands=tuple(changed))


def _refused(
    engine: ObjectEngine, step: Step, program: Program, values: Mapping[str, Array]
) -> str | None:
    """The kind of operands that an operation declines, if it takes others: the first difference
    from a plainer example that makes the step work."""
    example = _Example.of(step, program, values)
    if _same_kind(example).works(engine):
        return None  # it is these very numbers that it does not take
    return next((what for what, plain in _plainer(engine, example) if plain.works(engine)), None)


def _same_kind(example: _Example) -> _Example:
    """Other numbers of the same kind, as harmless as can be."""
    return example.with_values(lambda array: np.full_like(array, 0.5))


def _plainer(engine: ObjectEngine, example: _Example) -> Iterator[tuple[str, _Example]]:
    """What is special about an example, each with one in which that is not so."""
    op, step = example.step.op, example.step
    shapes = [a.shape for i, a in enumerate(example.operands) if example.is_value(i)]
    if len(set(shapes)) > 1 and OPERATIONS[op].shape in ("broadcast", "matmul"):
        with suppress(ValueError):
            full = np.broadcast_shapes(*shapes)
            yield "broadcasting", example.with_values(lambda a: np.broadcast_to(a, full).copy())
    numbers = [i for i, item in enumerate(example.operands) if isinstance(item, int | float)]
    if numbers and shapes:
        wanted = np.broadcast_shapes(*shapes)
        operands = [
            np.full(wanted, float(item)) if i in numbers else item
            for i, item in enumerate(example.operands)
        ]
        yield _with_number(op, numbers[0]), replace(example, operands=tuple(operands))
    known = OPERATIONS[op].parameters
    optional = [name for name in step.parameters if known[name].default is not REQUIRED]
    for dropped in [*([name] for name in optional), optional]:
        kept = {key: item for key, item in step.parameters.items() if key not in dropped}
        if dropped:
            plain = replace(example, step=replace(step, parameters=kept))
            yield f"{op} with {', '.join(dropped)}", plain
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1 or (ranks and not _of_rank(example, max(ranks)).works(engine)):
        told = " and ".join(_axes(rank) for rank in sorted(ranks))
        yield from ((f"{op} of {told}", _of_rank(example, other)) for other in range(3))


def _of_rank(example: _Example, rank: int) -> _Example:
    return example.with_values(lambda array: np.full((2,) * rank, 0.5, array.dtype))


def _axes(rank: int) -> str:
    return ("a number", "1 axis")[rank] if rank < 2 else f"{rank} axes"


def _with_number(op: str, position: int) -> str:
    sign = SYMBOLS.get(op)
    if sign is None:
        return f"{op} with a plain number"
    return f"x {sign} number" if position else f"number {sign} x"


# -- backward --------------------------------------------------------------------------------------


def _of_backward(
    engine: ObjectEngine, program: Program, error: BaseException, values: Mapping[str, Array]
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
        passes=1,
    )


def _graph(engine: ObjectEngine, op: str, leaf: Any) -> list[Any]:
    """A leaf and two steps of one operation."""
    x = engine.wrap(leaf if isinstance(leaf, float) else leaf.copy())
    count = len(OPERATIONS[op].operands)
    step = Step("", op, ("x",) * count)
    middle = engine.apply(step, [x] * count)
    nodes = [x, middle, engine.apply(step, [middle, x][:count])]
    for node in nodes:
        as_array(engine.value(node))
    return nodes


def _state(engine: ObjectEngine, nodes: Sequence[Any]) -> list[Any]:
    """All that some objects hold, and their gradients: to be compared with another moment's."""
    gradients: list[Any] = []
    for node in nodes:
        try:
            gradients.append(_held(engine.gradient(node), {}, 0))
        except Exception as error:
            gradients.append(type(error))
    return [gradients, _held(list(nodes), {}, 0)]


def _held(item: Any, seen: dict[int, int], depth: int) -> Any:
    """What an object holds, as plain data; ``seen`` numbers the objects that were met before."""
    if isinstance(item, np.ndarray | np.generic) and item.dtype != object:
        return item.dtype.str, item.shape, item.tobytes()
    if item is None or isinstance(item, int | float | complex | str | bytes | type):
        return repr(item)
    if id(item) in seen or depth > DEEPEST:
        return seen.get(id(item))
    seen[id(item)] = len(seen)
    return type(item).__name__, [
        (str(name), _held(part, seen, depth + 1)) for name, part in _parts(item)
    ]


def _parts(item: Any) -> Iterator[tuple[Any, Any]]:
    """The elements of a container, the attributes of an object, what a closure has seen."""
    if isinstance(item, Mapping):
        yield from item.items()
    elif isinstance(item, list | tuple | set | frozenset):
        yield from enumerate(item)
    elif isinstance(item, FunctionType):
        for number, cell in enumerate(item.__closure__ or ()):
            with suppress(ValueError):  # an empty cell
                yield number, cell.cell_contents
    else:
        yield from vars(item).items() if hasattr(item, "__dict__") else ()
        for kind in type(item).__mro__:
            slots = vars(kind).get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                with suppress(AttributeError):
                    yield name, getattr(item, name)
