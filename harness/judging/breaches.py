"""Who has changed a value: the operation of the step, or another one that it is made of."""

from __future__ import annotations

from dataclasses import replace

from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.comparing import quiet
from harness.judging.experiments import isolated
from harness.judging.parts import written_out
from harness.judging.verdict import Verdict


@quiet
def blamed(engine: Engine, verdict: Verdict) -> Trace:
    """The trace, its breach with the operation that makes it, where the step is written out in
    simpler ones and one of these does."""
    breach, program, trace = verdict.trace.breach, verdict.case.program, verdict.trace
    step = program.by_name.get(str(breach.step)) if breach is not None else None
    if breach is None or step is None or breach.name not in step.parents:
        return trace
    for alone in list(isolated(program, trace, step))[:1]:
        for other in written_out(alone):
            found = engine.answer(other).breach
            if found is not None and found.direction == "forward" and found.step is not None:
                return replace(trace, breach=replace(breach, op=other.by_name[found.step].op))
    return trace
