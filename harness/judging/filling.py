"""The gradients between, where an engine that keeps those of leaves alone has a choice in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.experiments import isolated, leaf_of
from harness.judging.verdict import Verdict
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Step


def filled_in(engine: Engine, verdict: Verdict) -> Trace | None:
    """The trace of an engine that keeps gradients of its leaves only, with those between as its
    rules give them: by the formulas, and where a step has a choice as the engine chooses when it is
    asked for the step alone. None where no step has one, or that cannot be asked."""
    program, trace = verdict.case.program, verdict.trace
    found = {name: np.zeros(program.shapes[name]) for name in program.differentiable}
    found[program.output] = found[program.output] + program.seed
    chosen = False
    try:
        for step in (one for one in reversed(program.steps) if one.name in program.reaching):
            upstream = np.asarray(found[step.name])
            choices = Choices(program, step, trace.values, upstream)
            alone: Trace | None = None
            for position, operand in enumerate(step.operands):
                if operand not in program.differentiable:
                    continue
                given = choices.contribution(position)
                if choices.of_contribution(position) is not None:
                    alone = alone or _alone(engine, program, trace, step, upstream)
                    if alone is None:
                        return None
                    given, chosen = alone.gradients[leaf_of(position)], True
                found[str(operand)] = found[str(operand)] + given
    except (Unanswerable, KeyError):
        return None
    between = {name: array for name, array in found.items() if name not in program.inputs}
    return replace(trace, gradients={**trace.gradients, **between}) if chosen else None


def _alone(
    engine: Engine, program: Program, trace: Trace, step: Step, upstream: Array
) -> Trace | None:
    """The engine's answer to the step alone; None where it has none for that upstream gradient."""
    seed = float(upstream) if upstream.ndim == 0 else upstream
    for alone in isolated(program, trace, step):
        answer = engine.answer(replace(alone, seed=seed))
        usable = answer.seed is None and answer.failure is None and answer.unsupported is None
        return answer if usable else None
    return None
