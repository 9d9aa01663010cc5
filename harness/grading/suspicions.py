"""What an instructor should look into: a sentence for each code. No student is shown it, and no
mark depends on it unless the course says so."""

from __future__ import annotations

from typing import Final

from harness.grading.marking import Judged
from harness.grading.remote import RemoteEngine
from harness.grading.reverse import not_reverse
from harness.grading.suite import Suite
from harness.judging.judge import judge
from harness.judging.precision import SINGLE, in_single
from harness.judging.result import points

NOT_REVERSE, RECORDED_ONLY = "not-reverse", "recorded-only"
"""Gradients seem to be found without reverse mode; what is right with the recorded inputs is not
with others."""

ASKED: Final = 30
"""So many failed cases, at most, are asked once more with the inputs that the files have."""

FAR: Final = 0.1
"""From such a part of all points on it is told: an honest mistake is rarely right by chance."""


def suspicions(engine: RemoteEngine, suite: Suite, judged: Judged) -> dict[str, str]:
    """What is told of a submission, by its codes."""
    told = {
        RECORDED_ONLY: only_recorded(engine, suite, judged),
        NOT_REVERSE: not_reverse(engine.counted, [verdict for _, verdict in judged]),
    }
    return {code: message for code, message in told.items() if message is not None}


def only_recorded(engine: RemoteEngine, suite: Suite, judged: Judged) -> str | None:
    """What is to be said of a submission that has right what is recorded with the cases, and not
    what is drawn: it would have far more points on the recorded inputs. None of any other."""
    recorded = {question.id: question for question in suite.questions}
    failed = [
        (own, verdict)
        for asked, verdict in judged
        for own in [recorded[asked.id]]
        if asked.drawn and verdict.status == "failed"
    ]
    some = failed[:: -(-len(failed) // ASKED) or 1]
    more = 0.0
    for question, verdict in some:
        case, truth = question.case, question.truth
        if verdict.case.program.dtype == SINGLE:
            case, truth = in_single(case, truth)
        more += points(judge(case, truth, engine.answer(case.program))) - points(verdict)
    most = sum(question.case.points for question in suite.questions)
    if not some or (whole := more * len(failed) / len(some)) < FAR * most:
        return None
    return (
        f"on the inputs that are recorded with the cases it would have about {whole:.0f} points "
        f"more, of {most:g} ({len(some)} of {len(failed)} failed cases were tried)"
    )
