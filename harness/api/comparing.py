"""A student's own function of engine objects, beside the same function in torch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any

import numpy as np

from harness import languages
from harness.api.arguments import detached, need_function, need_seconds
from harness.api.shown import Shown
from harness.api.words import said
from harness.engines.clock import OutOfTime, clock
from harness.engines.engine import EngineError, Unsupported
from harness.engines.failures import describe, own_lines
from harness.engines.numbers import as_array
from harness.engines.running.objects import GraphEngine
from harness.engines.session import of_class
from harness.grading.fence import LONGEST, TIMEOUT
from harness.grading.forking import CAN_FORK, Forking
from harness.grading.sandbox.children import Limits, Unanswered
from harness.grading.wire import from_line, pack_array, to_line, unpack_array
from harness.judging.comparing import TOLERANCES, close, largest, worst
from harness.languages.width import behind, padded, wide
from harness.showing.numbers import exact
from harness.showing.words import say
from harness.vocabulary.program import Array, default_seed


@dataclass(frozen=True)
class Row:
    """A number of the function: its value, or the gradient of an input."""

    name: str
    expected: Array
    got: Array | None
    agrees: bool

    @property
    def numbers(self) -> tuple[str, str]:
        """The expected one and the other; of arrays where they differ most, or their shapes."""
        if self.got is None:
            return exact(self.expected), say("nothing")
        if self.got.shape != self.expected.shape:
            shapes = self.expected.shape, self.got.shape
            expected, got = (say("of-shape", shape=shape) for shape in shapes)
            return expected, got
        place, _ = worst(self.got, self.expected, *_tolerance(self.got, self.expected))
        at = () if self.agrees else place
        where = say("at-step", step=list(at)) if at else ""
        return exact(self.expected, at), exact(self.got, at) + where


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """The value of a function and the gradients of its inputs, by the engine and by torch. True
    where all agree. ``stopped`` says where and why the engine's pass ends, if it does."""

    function: str
    engine: str
    rows: Sequence[Row]
    stopped: str = ""
    notes: Sequence[str] = field(default=())

    def __bool__(self) -> bool:
        return not self.stopped and all(row.agrees for row in self.rows)

    def text(self, columns: int) -> str:
        """A table."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        table = [("", "torch", self.engine, ""), *self._cells()]
        first, second, third = (max(wide(row[column]) for row in table) for column in range(3))
        yield said("title", function=self.function, engine=self.engine)
        yield from self.notes
        for name, expected, got, mark in table:
            numbers = f"{behind(expected, second)}   {behind(got, third)}"
            yield f"  {padded(name, first)}   {numbers}  {mark}".rstrip()
        if self.stopped:
            yield self.stopped

    def _cells(self) -> Iterator[tuple[str, str, str, str]]:
        for row in self.rows:
            yield row.name, *row.numbers, "✓" if row.agrees else "✗"

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook
        from harness.showing.report.elements import cell, table

        rows = [
            (name, [cell(escape(expected)), cell(f"{escape(got)} {mark}", "wrong" * (mark == "✗"))])
            for name, expected, got, mark in self._cells()
        ]
        title = said("title", function=self.function, engine=self.engine)
        told = "".join(f"<p>{escape(line)}</p>" for line in (*self.notes, self.stopped) if line)
        return notebook.table_of(
            table(title, ["", "torch", self.engine], rows, caption=title), told
        )


def compare(
    function: Callable[..., Any],
    /,
    *inputs: Any,
    engine: object = None,
    torch: Callable[..., Any] | None = None,
    timeout: float = TIMEOUT,
) -> Comparison:
    """Runs a function of engine objects, and the same function on torch's tensors: its value, and
    after ``backward()`` the gradient of each input.

    Inputs are objects of the engine, ``compare(loss, Value(3.0), Value(-4.0))``, or numbers and
    arrays beside an ``engine``. Where the function does not run on tensors, ``torch`` is the same
    one written for these. Both run in forks of this process, the engine for ``timeout`` seconds.
    Raises :class:`TypeError` for inputs that are none, and ``ValueError`` where torch refuses.
    """
    need_seconds(timeout)
    need_function(said("the-function"), function)
    need_function("torch", torch or function)
    kind = _kind(inputs, engine)
    names = _names(function, len(inputs))
    ran = of_class(kind)
    if not isinstance(ran, GraphEngine):
        raise EngineError(said("no-objects", name=kind.__name__))
    values = [_value(ran, one, name) for one, name in zip(inputs, names, strict=True)]
    work = partial(_ran, ran, function, values)
    told = _run(work, timeout)
    truth = _in_torch(torch or function, values, timeout)
    if "stopped" in truth:
        raise ValueError(_refused(kind.__name__, truth["stopped"], told.get("stopped")))
    expected = _by_name(names, truth)
    called = getattr(function, "__name__", "function").replace("<lambda>", "function")
    title = f"{called}{inspect.signature(function)}"
    rows = tuple(_rows(names, expected, told))
    notes = () if CAN_FORK else (said("not-apart"),)
    return Comparison(title, kind.__name__, rows, str(told.get("stopped", "")), notes)


def _kind(inputs: Sequence[Any], engine: object) -> type:
    """The class of engine objects that is meant."""
    if engine is not None:
        kind = engine if isinstance(engine, type) else type(engine)
        if kind.__module__ == "builtins":
            raise TypeError(said("engine-class", engine=engine))
        return kind
    kinds = {type(one) for one in inputs if type(one).__module__ not in ("builtins", "numpy")}
    if len(kinds) != 1:
        raise TypeError(said("inputs-are"))
    return kinds.pop()


def _names(function: Callable[..., Any], count: int) -> list[str]:
    """What the function calls its inputs. Raises TypeError where it takes another number."""
    name = getattr(function, "__name__", said("the-function"))
    try:
        signature = inspect.signature(function)
    except ValueError:
        raise TypeError(said("does-not-say", name=name)) from None
    try:
        bound = signature.bind(*range(count))
    except TypeError as error:
        raise TypeError(
            said("another-count", name=name, signature=signature, count=count, error=error)
        ) from None
    names: list[str] = []
    for name, given in bound.arguments.items():
        several = isinstance(given, tuple)
        names += [f"{name}{number}" for number in range(len(given))] if several else [name]
    return names


def _value(engine: GraphEngine, given: Any, name: str) -> Any:
    """The number of an input."""
    is_object = engine.cls is not None and isinstance(given, engine.cls)
    try:
        number = as_array(engine.value(given) if is_object else detached(given))
    except Exception as error:
        kind = type(given).__name__
        raise TypeError(said("input-error", name=name, kind=kind, error=error)) from None
    return number if number.shape else float(number)


# -- the engine ------------------------------------------------------------------------------------


def _ran(
    engine: GraphEngine, function: Callable[..., Any], values: Sequence[Any]
) -> dict[str, Any]:
    """The value and the gradients, packed; and where it was stopped, if it was."""
    told: dict[str, Any] = {}
    place = languages.name("direction", "forward")
    try:
        with engine.recording():
            leaves = [engine.wrap(value) for value in values]
            output = function(*leaves)
        if not engine.is_object(output):
            raise TypeError(said("function-gives", kind=type(output).__name__))
        told["value"] = pack_array(value := as_array(engine.value(output)))
        place = languages.name("direction", "backward")
        engine.backward(output, default_seed(value.shape))
        gradients = [engine.own_gradient(leaf) for leaf in leaves]
        told["gradients"] = [None if g is None else pack_array(as_array(g)) for g in gradients]
    except (Exception, OutOfTime) as error:
        lacking = isinstance(error, Unsupported)
        why = languages.lack(str(error)) if lacking else describe(error)
        lines = [
            said("lacks" if lacking else "stops", place=place, describe=why),
            *(f"  {one}" for one in own_lines(error)),
        ]
        told["stopped"] = "\n".join(lines)
    return told


def _run(work: Callable[[], dict[str, Any]], seconds: float) -> Mapping[str, Any]:
    """What some work comes to, in a fork of this process where the system can do that."""
    return (_apart if CAN_FORK else _here)(work, seconds)


def _here(work: Callable[[], dict[str, Any]], seconds: float) -> Mapping[str, Any]:
    """What some work comes to in this process, in so many seconds where there is a clock."""
    with clock(seconds):
        return work()


def _apart(work: Callable[[], dict[str, Any]], seconds: float) -> Mapping[str, Any]:
    """What some work comes to in a fork of this process."""
    from harness.grading import worker

    limits = Limits(case=seconds, reply=LONGEST)
    with Forking(limits, False, partial(worker.serve_once, work=work)) as runner:
        child = runner.start()
        child.tell(to_line({}))
        try:
            told = from_line(child.answer(seconds * runner.margin, limits.reply))
        except Unanswered as error:
            return {"stopped": error.told(seconds)}
    return told if isinstance(told, dict) else {}


# -- torch, and both -------------------------------------------------------------------------------


def _in_torch(
    function: Callable[..., Any], values: Sequence[Any], timeout: float
) -> Mapping[str, Any]:
    """The value and the gradients of the function on tensors, packed, or why there are none; it has
    as long as the engine, and never less than usual, as torch has more to do."""
    from harness.engines import reference  # here, lest the fork spends its time on importing torch

    work = partial(_on_tensors, partial(reference.of_function, function, values, CAN_FORK))
    return _run(work, max(timeout, TIMEOUT))


def _refused(engine: str, reason: str, own: str | None) -> str:
    """That there is nothing to compare with, and whether the engine runs it."""
    id = "torch-refuses" if own is None else "torch-refuses-and-own"
    return said(id, reason=reason, engine=engine, own=own)


def _by_name(names: Sequence[str], truth: Mapping[str, Any]) -> dict[str, Array]:
    """The value, and the gradient of each input, by what they are called."""
    packed = zip(_called(names), [truth["value"], *truth["gradients"]], strict=True)
    return {name: np.asarray(unpack_array(one)) for name, one in packed}


def _on_tensors(
    in_torch: Callable[[], tuple[Array, list[Array]]],
) -> dict[str, Any]:
    """The value and the gradients by torch, packed; or why there are none."""
    try:
        value, gradients = in_torch()
    except OutOfTime as error:
        return {"stopped": str(error)}
    except Exception as error:
        return {"stopped": describe(error)}
    return {"value": pack_array(value), "gradients": [pack_array(one) for one in gradients]}


def _called(names: Sequence[str]) -> list[str]:
    """What the numbers of a function are called: the value, and the gradient of each input."""
    return [said("result"), *(f"d{name}" for name in names)]


def _rows(
    names: Sequence[str], expected: Mapping[str, Array], told: Mapping[str, Any]
) -> Iterator[Row]:
    packed = [told.get("value"), *(told.get("gradients") or [None] * len(names))]
    for (name, number), one in zip(expected.items(), packed, strict=True):
        got = None if one is None else np.asarray(unpack_array(one))
        yield Row(name, number, got, got is not None and _agree(got, number))


def _agree(got: Array, expected: Array) -> bool:
    return close(got, expected, *_tolerance(got, expected))


def _tolerance(got: Array, expected: Array) -> tuple[float, float]:
    """That of a case, by the precision of the engine."""
    rtol, atol = TOLERANCES["float32" if got.dtype == np.float32 else "float64"]
    return rtol, atol * largest({"": expected})
