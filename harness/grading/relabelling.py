"""A program under other names and, where its steps may come in another order, in that one.

What an engine is asked then tells nothing of the file that it comes from, but what it computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from harness.engines.trace import Trace
from harness.judging.examination import in_another_order
from harness.judging.snapshot import digest
from harness.search.naming import renamed
from harness.vocabulary.program import Program

NAME: Final = "v{}"
Item = TypeVar("Item")


def relabelled(program: Program, seed: str) -> tuple[Program, Mapping[str, str]]:
    """The program under other names, and the old one of each; the same for the same ``seed``."""
    random = Random(f"{seed} {digest(program)}")
    ordered = in_another_order(program) if random.random() < 0.5 else None
    steps = (ordered or program).steps
    old = [*program.inputs, *program.constants, *(step.name for step in steps)]
    numbers = list(range(len(old)))
    random.shuffle(numbers)
    names = {name: NAME.format(number) for name, number in zip(old, numbers, strict=True)}
    other = Program(
        inputs=_keyed(program.inputs, names),
        constants=_keyed(program.constants, names),
        steps=tuple(replace(renamed(step, names), name=names[step.name]) for step in steps),
        shapes=_keyed(program.shapes, names),
        seed=program.seed,
        dtype=program.dtype,
        order=program.order,
        backward_calls=program.backward_calls,
    )
    return other, {new: name for name, new in names.items()}


def _keyed(items: Mapping[str, Item], names: Mapping[str, str]) -> dict[str, Item]:
    return {names[name]: item for name, item in items.items()}


def named_back(trace: Trace, names: Mapping[str, str]) -> Trace:
    """A trace with the names that they are called by here; as it is where there are none."""
    if not names:
        return trace
    failure, breach = trace.failure, trace.breach
    if failure is not None:
        failure = replace(failure, step=names.get(str(failure.step)))
    if breach is not None:
        breach = replace(breach, name=names[breach.name], step=names.get(str(breach.step)))
    return replace(
        trace,
        values=_keyed(trace.values, names),
        gradients=_keyed(trace.gradients, names),
        second=_keyed(trace.second, names),
        failure=failure,
        breach=breach,
        same=frozenset(names[name] for name in trace.same),
        shared={names[name]: tuple(map(names.__getitem__, o)) for name, o in trace.shared.items()},
    )
