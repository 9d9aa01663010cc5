"""What was tried and found: how an engine's leaves are made, values and gradients read, backward
called.

:func:`discover` gives the conventions of an engine; :mod:`~harness.engines.discovery.choosing` says
which class of a module is the engine. Every guess is tried on graphs of two steps, and what the
engine keeps outside of its objects is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.adapter import ObjectEngine
from harness.engines.clock import attempt, tried
from harness.engines.conventions import ARRAY, LIST, Conventions, shown
from harness.engines.discovery.backwards import seeded
from harness.engines.discovery.leaves import best_try
from harness.engines.discovery.trying import MADE, READ, Try, gradient_number, shape_of, working
from harness.engines.engine import EngineError, Unsupported
from harness.engines.failures import describe
from harness.engines.names import VALUES
from harness.engines.numbers import number_in
from harness.engines.running.forward import RunningEngine
from harness.engines.running.held import attributes
from harness.engines.running.objects import NUMBERS
from harness.engines.running.recognizing import recognized
from harness.engines.running.telling import offers, parameters_of
from harness.engines.undisturbed import undisturbed
from harness.vocabulary.examples import FIRST
from harness.vocabulary.native import NATIVE

LIFTED: Final = ("add", "sub", "mul", "div")
"""The operators that may want an object for a plain number."""


def understand(engine: RunningEngine) -> None:
    """Tries out how the engine is used, if its runs are the general ones. Raises
    :class:`EngineError` where that is not understood."""
    if not isinstance(engine, ObjectEngine):
        return
    engine.settle()
    if engine.overrides("run"):
        return
    try:
        engine.conventions  # noqa: B018
    except EngineError:
        raise
    except Exception as error:
        told = languages.told(
            "engine", "cannot-try", class_name=engine.class_name, describe=describe(error)
        )
        raise EngineError(languages.told("engine", "write-adapter-for", told=told)) from None


def discover(engine: ObjectEngine) -> Conventions:
    """What is found out about an engine; what an adapter overrides is used as it is. Raises
    :class:`EngineError` where no object can be made, or no number found in one."""
    with undisturbed(engine.homes()):
        best = best_try(engine)
        engine.conventions = best.conventions
        if best.stage > READ or (best.stage == READ and not _is_symbolic(engine)):
            return _finished(engine, best.conventions)
    raise EngineError(_told(engine, best))


def _is_symbolic(engine: ObjectEngine) -> bool:
    """Whether operations give objects without numbers, which are computed later by other means."""
    for op in FIRST[:2]:
        with tried():
            out = engine.small_graph(op)["out"]
            if engine.is_object(out) and number_in(engine.value(out)) is None:
                return True
    return False


# -- what else there is to know --------------------------------------------------------------------


def _finished(engine: ObjectEngine, conventions: Conventions) -> Conventions:
    """The conventions with what only matters once the rest is known."""
    op = working(engine)
    if op:
        conventions = engine.conventions = seeded(engine, conventions, op)
    if engine.takes_arrays and not engine.overrides("wrap"):
        conventions = engine.conventions = _of_arrays(engine, conventions)
    conventions = engine.conventions = replace(conventions, names=recognized(engine))
    numbers = frozenset(_plain_numbers(engine, conventions))
    conventions = engine.conventions = replace(conventions, numbers=numbers)
    lifted = frozenset(_crashing_on_numbers(engine))
    conventions = engine.conventions = replace(conventions, lifted=lifted)
    if engine.takes_arrays:
        conventions = replace(conventions, pairs=_takes_pairs(engine))
        how = conventions.backward
        if op and how is not None and how.seed is None and _starts_with_ones(engine, op):
            conventions = replace(conventions, backward=replace(how, ones=True))
    return conventions


def _of_arrays(engine: ObjectEngine, conventions: Conventions) -> Conventions:
    """Whether arrays are taken as they are, or as lists: of one axis, or of two."""
    for rank in (1, 2):
        array = np.array(NUMBERS * rank).reshape((2,) * rank)
        for form in (ARRAY, LIST):
            found = replace(conventions, leaf=replace(conventions.leaf, array=form))
            engine.conventions = found
            with suppress(Exception):
                if shape_of(engine.value(engine.wrap(array))) == array.shape:
                    return found
    return conventions


def _plain_numbers(engine: ObjectEngine, conventions: Conventions) -> Iterable[str]:
    """The operations found by name that want a plain number, ``pow(self, k)``: with an object of
    the engine's they do not work. Of one that often wants it, it is believed."""
    for op in engine.named_binary():
        works = [
            _works(engine, op, replace(conventions, numbers=frozenset(numbers)))
            for numbers in ((), (op,))
        ]
        if not works[0] and (works[1] or (op in NATIVE and NATIVE[op].plain)):
            yield op


def _crashing_on_numbers(engine: ObjectEngine) -> Iterator[tuple[str, int]]:
    """The operators that crash on a plain number and not on an object for it, and its place."""
    for op in LIFTED:
        with tried():
            leaf, number = engine.leaf(NUMBERS[0]), engine.leaf(NUMBERS[1])
            engine.value(engine.on(op, leaf, number))
            for place, operands in enumerate(((NUMBERS[1], leaf), (leaf, NUMBERS[1]))):
                if _crashes(engine, op, operands):
                    yield op, place


def _crashes(engine: ObjectEngine, op: str, operands: Iterable[Any]) -> bool:
    try:
        with attempt():
            engine.value(engine.on(op, *operands))
    except Unsupported:
        return False
    except Exception:
        return True
    return False


def _works(engine: ObjectEngine, op: str, conventions: Conventions) -> bool:
    """Whether an operation of a leaf and a number gives a number."""
    engine.conventions = conventions
    with tried():
        return number_in(engine.value(engine.on(op, engine.leaf(NUMBERS[0]), 2.0))) is not None
    return False


def _takes_pairs(engine: ObjectEngine) -> bool:
    """Whether ``transpose(x, axes)`` exchanges the two axes that it is given, and permutes none."""
    call = engine.call("transpose")
    if call is None or call.name.lower() != "transpose" or len(call.signature) != 2:
        return False
    with tried():
        node = call.function(engine.wrap(np.zeros((2, 3, 4))), (0, 1))
        return shape_of(engine.value(node)) == (3, 2, 4)
    return False


def _starts_with_ones(engine: ObjectEngine, op: str) -> bool:
    """Whether backward runs without a seed from an output that is an array."""
    with tried():
        nodes = engine.small_graph(op, np.array(NUMBERS), np.array(NUMBERS))
        engine.start(nodes["out"], None)
        shape = shape_of(gradient_number(engine, nodes["x"]))
        return shape != () and shape == shape_of(engine.value(nodes["x"]))
    return False


# -- what is said ----------------------------------------------------------------------------------


def _told(engine: ObjectEngine, best: Try) -> str:
    """What was looked for and is not there, and what to do."""
    name = engine.class_name
    file = Path(str(getattr(engine.module, "__file__", "FILE"))).name
    advice = languages.told("engine", "write-adapter", file=file)
    if _is_skeleton(engine, best):
        return languages.told("engine", "still-empty", name=name)
    if best.stage < MADE:
        names = ", ".join(p.name for p in parameters_of(engine.cls)) or languages.told(
            "engine", "nothing"
        )
        why = (
            languages.told(
                "engine",
                "call-raises",
                name=name,
                numbers=NUMBERS[0],
                describe=describe(best.error),
            )
            if best.error
            else ""
        )
        return languages.told(
            "engine", "no-object-made", name=name, why=why, names=names, advice=advice
        )
    if best.stage == READ:
        return languages.told("engine", "no-number-yet", name=name, advice=advice)
    held = ", ".join(attributes(engine.wrap(NUMBERS[0]))) or languages.told("engine", "nothing")
    looked = ", ".join(shown((way,)) for way in VALUES[:4])
    return languages.told(
        "engine", "no-number-found", name=name, looked=looked, held=held, advice=advice
    )


def _is_skeleton(engine: ObjectEngine, best: Try) -> bool:
    """Whether the constructor is still to be written: it is not there, or its body is empty."""
    if best.conventions.leaf.maker:
        return False
    if best.stage < MADE:
        unwritten = isinstance(best.error, NotImplementedError)
        return unwritten or not any(offers(engine.cls, name) for name in ("__init__", "__new__"))
    with suppress(Exception):
        return not attributes(engine.wrap(NUMBERS[0]))
    return False
