"""An engine, asked with small programs about a case that it has failed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.engines import by_formula
from harness.engines.engine import Engine
from harness.judging.judge import judge
from harness.judging.snapshot import digest
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program


class Asking:
    """What is asked of an ``engine`` about a failed case, and was answered."""

    def __init__(self, engine: Engine, verdict: Verdict) -> None:
        self.engine, self.verdict = engine, verdict
        self.program, self.trace = verdict.case.program, verdict.trace

    def asked(self, program: Program) -> Verdict | None:
        """The engine's answer to a small program, judged; None where it has none. Where values
        alone are asked for, the engine is not asked for more."""
        if not self.program.order:
            program = replace(program, order=0)
        answers = self.engine.experiments
        key = digest(program)
        if key not in answers:
            answers[key] = judged(self.engine, self.verdict.case, program)
        found: Verdict | None = answers[key]
        return found

    def afresh(self, program: Program) -> Verdict | None:
        """The answer to a small program, whatever was answered before."""
        return judged(self.engine, self.verdict.case, program)

    def passing(self, program: Program) -> Verdict | None:
        """The same, where the values at least are right."""
        found = self.asked(program)
        return found if found is not None and found.forward.status == "passed" else None


def judged(engine: Engine, case: Case, program: Program) -> Verdict | None:
    """The engine's answer to a small program, judged by the vocabulary's formulas; None where they
    have no answer, or the engine's process has ended."""
    try:
        truth = by_formula.evaluate(program)
        if program.order == 2:
            truth = replace(truth, second=by_formula.second(program, np.float64))
    except Unanswerable:
        return None
    trace = engine.answer(program)
    if trace.ended:
        return None
    return judge(replace(case, program=program, expect=()), truth, trace)
