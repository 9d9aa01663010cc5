"""Whether a submission has right what is recorded with the cases, and not what is drawn."""

from __future__ import annotations

from typing import Final

from harness.grading.marking import Judged
from harness.grading.remote import AGAIN, RemoteEngine, packed
from harness.grading.suite import Suite
from harness.judging.precision import SINGLE, in_single
from harness.judging.result import points
from harness.judging.verdict import judge

ASKED: Final = 30
"""So many failed cases, at most, are asked once more with the inputs that the files have."""

FAR: Final = 0.1
"""From such a part of all points on it is told: an honest mistake is rarely right by chance."""


def only_recorded(engine: RemoteEngine, suite: Suite, judged: Judged) -> str | None:
    """What is to be said of a submission that would have far more points on the recorded inputs;
    None of any other."""
    pairs = zip(suite.questions, judged, strict=True)
    failed = [
        (own, verdict)
        for own, (asked, verdict) in pairs
        if asked.drawn and verdict.status == "failed"
    ]
    some = failed[:: -(-len(failed) // ASKED)] if failed else []
    more = 0.0
    for question, verdict in some:
        case, truth = question.case, question.truth
        if verdict.case.program.dtype == SINGLE:
            case, truth = in_single(case, truth)
        engine.turn_to(case.program, packed(case.program), AGAIN)
        more += points(judge(case, truth, engine.answer(case.program))) - points(verdict)
    whole = more * len(failed) / len(some) if some else 0.0
    most = sum(question.case.points for question in suite.questions)
    if whole < FAR * most:
        return None
    return (
        f"on the inputs that are recorded with the cases it would have about {whole:.0f} points "
        f"more, of {most:g} ({len(some)} of {len(failed)} failed cases were tried)"
    )
