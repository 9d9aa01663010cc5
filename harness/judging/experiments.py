"""Small programs that decide between two explanations of a failure, run on the engine itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.suspects import ENGINE
from harness.judging.verdict import AGREES, Verdict, close, quiet
from harness.language.program import Array, Program, Step, Value, default_seed

ENOUGH = 1e-7
"""To within this, relatively, two numbers of an engine's are the same."""


@quiet
def overwriting(engine: Engine, verdict: Verdict) -> frozenset[str]:
    """The operations whose rule writes its term over what a gradient holds already: of two uses
    that are the same only one counts. If it is so of sums and products, too, it is not for the
    rules to add up: then it is the machinery, ``ENGINE``, that overwrites."""
    program = verdict.case.program
    wrong = [item.name for item in verdict.backward.judgements if item.status != AGREES]
    found: dict[str, bool] = {}
    for name in wrong:
        for step in _one_of_each(program, name):
            if step.op not in found:
                found[step.op] = _counts_once(engine, program, verdict.trace, step, name)
    usual = [Step("", op, (name, 1.5)) for name in wrong[:1] for op in ("add", "mul")]
    rest = [step for step in usual if step.op not in found]
    controls = [_counts_once(engine, program, verdict.trace, step, wrong[0]) for step in rest]
    if all((*found.values(), *controls)):
        return frozenset({ENGINE})
    return frozenset(op for op, once in found.items() if once)


def _one_of_each(program: Program, name: str) -> Iterator[Step]:
    """A step of each operation that uses ``name``."""
    steps = {step.op: step for step, _ in program.uses.get(name, ()) if step.op != "where"}
    yield from steps.values()


def _counts_once(engine: Engine, program: Program, trace: Trace, step: Step, name: str) -> bool:
    """Whether two steps like this one, added up, give ``name`` the gradient that one gives."""
    one, two = (_gradient(engine, program, trace, step, name, count) for count in (1, 2))
    if one is None or two is None or not np.any(one):
        return False
    return close(two, one, ENOUGH, 0.0)


def _gradient(
    engine: Engine, program: Program, trace: Trace, step: Step, name: str, count: int
) -> Array | None:
    """The gradient of ``name`` where ``count`` steps like this one are added up: at the engine's
    own numbers, and with the seed of one."""
    parents = [parent for parent in step.parents if parent not in program.constants]
    if any(parent not in trace.values for parent in parents):
        return None
    shape = program.shapes.get(step.name, program.shapes[name])
    names = ["once", "twice"][:count]
    steps = [Step(alias, step.op, step.operands, step.parameters) for alias in names]
    steps += [Step("both", "add", ("once", "twice"))] * (count - 1)
    alone = Program(
        {parent: _leaf(trace.values[parent]) for parent in parents},
        program.constants,
        tuple(steps),
        {
            **{other: program.shapes[other] for other in (*parents, *program.constants)},
            **dict.fromkeys([step.name for step in steps], shape),
        },
        default_seed(shape),
        program.dtype,
    )
    return engine.answer(alone).gradients.get(name)


def _leaf(value: Array) -> Value:
    return value if value.shape else float(value)
