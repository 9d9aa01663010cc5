"""From verdicts to marks: what a submission has earned, as plain data.

The result is that of an engine (see ``judging/result.py``) with what grading adds: ``status``,
``problem``, ``marking``, ``walls``, ``seconds``, ``suite``, ``student``, ``suspicions``, and for
each case ``hidden`` and the engine's ``answer``. ``graded`` in ``judging/result.schema.json`` says
what each of them is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.grading import wire
from harness.grading.suite import Question, Suite, pack_numbers, unpack_numbers
from harness.judging.codes import MISTAKE
from harness.judging.comparing import numbers
from harness.judging.judge import judge
from harness.judging.precision import SINGLE, in_single
from harness.judging.result import as_json
from harness.judging.verdict import AGREES, INHERITED, RIGHT, Judgement, Verdict
from harness.vocabulary.program import DIRECTIONS

MARKINGS: Final = ("cases", "carried-forward")
GRADED, REFUSED, GRADER_ERROR = STATUSES = ("graded", "refused", "grader error")

Judged = Sequence[tuple[Question, Verdict]]


def mark(
    id: str, judged: Judged, marking: str, suspicions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The result of a submission that could be run, with the ``suspicions`` by their codes."""
    result = as_json(id, [(question.id, verdict) for question, verdict in judged])
    for case, (question, verdict) in zip(result["cases"], judged, strict=True):
        case["hidden"] = question.hidden
        if marking == "carried-forward":
            least = case["score"] if case["weight"] not in (None, MISTAKE) else 0.0
            case["score"] = max(least, carried_forward(verdict))
        if case["remarks"] or any(one["status"] != "passed" for one in case["passes"].values()):
            case["answer"] = wire.pack_trace(verdict.trace)
            if question.drawn and (case["remarks"] or verdict.status == "failed"):
                case["drawn"] = _drawn(question, verdict, case["answer"])
    seen = [(question.id, verdict) for question, verdict in judged if not question.hidden]
    shown = as_json(id, seen)["findings"] if len(seen) < len(judged) else result["findings"]
    told = [{"code": code, "message": message} for code, message in (suspicions or {}).items()]
    own = {"status": GRADED, "problem": None, "marking": marking}
    return {**result, **added_up(result["cases"]), **own, "student": shown, "suspicions": told}


def refused(id: str, suite: Suite, problem: str, status: str = REFUSED) -> dict[str, Any]:
    """The result of a submission that cannot be run: no points, and why."""
    cases: list[dict[str, Any]] = [
        {
            "id": question.id,
            "level": question.case.level,
            "status": "error",
            "weight": None,
            "score": 0.0,
            "max_score": question.case.points,
            "reason": problem.partition("\n")[0],
            "remarks": [],
            "passes": {},
            "steps": [],
            "hidden": question.hidden,
        }
        for question in suite.questions
    ]
    own = {"status": status, "problem": problem, "marking": None, "suite": suite.shown}
    none: dict[str, Any] = {"student": [], "suspicions": [], "seconds": 0.0}
    return {**as_json(id, []), **added_up(cases), **own, **none, "cases": cases}


def added_up(cases: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """What cases are worth together."""
    own = list(cases)
    return {key: round(sum(case[key] for case in own), 9) for key in ("score", "max_score")}


def carried_forward(verdict: Verdict) -> float:
    """The points of a case by the share of its steps that are right in themselves, in all passes:
    a step that is right but for an earlier mistake counts, if its number shows that."""
    right = total = 0
    for name, direction in verdict.directions.items():
        expected = _expected(verdict, name)
        total += len(expected)
        if direction.note is None and direction.breach is None:
            judged = {item.name: item for item in direction.judgements}
            absent = direction.failure is None  # rightly so, since no judgement says otherwise
            right += sum(_counts(judged[n]) if n in judged else absent for n in expected)
    return round(verdict.case.points * right / total, 9) if total else 0.0


def _counts(item: Judgement) -> bool:
    """Whether a step is right in itself. A number that is nan, inf or zero where it ought not to be
    shows nothing of its rule, wherever it comes from."""
    if item.status != INHERITED:
        return item.status in RIGHT
    if not item.shown or item.got is None or item.got.shape != item.expected.shape:
        return False
    there = np.isfinite(item.got) | ~np.isfinite(item.expected)
    return bool(there.all() and (np.any(item.got) or not np.any(item.expected)))


def _expected(verdict: Verdict, direction: str) -> Collection[str]:
    if direction == "backward" and verdict.trace.leaves_only:
        return verdict.case.program.inputs
    return numbers(verdict.truth, direction)


NUMBERS: Final[Mapping[str, str]] = dict(
    zip(DIRECTIONS, ("values", "gradients", "second"), strict=True)
)
"""What a trace calls the numbers of each pass."""


def _drawn(question: Question, verdict: Verdict, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that were drawn, and of the truth what is not in the answer, too."""
    drawn = pack_numbers(question)
    for direction, judged in verdict.directions.items():
        key = NUMBERS[direction]
        same = {item.name for item in judged.judgements if item.status == AGREES}
        told = same & answer[key].keys()
        own = drawn["truth"][key].items()
        drawn["truth"][key] = {name: array for name, array in own if name not in told}
    return drawn


def as_asked(question: Question, case: Mapping[str, Any]) -> Question:
    """The question with the inputs that a case of a result was asked with, as far as it tells."""
    if "drawn" not in case:
        return question
    answer, drawn = case["answer"], case["drawn"]
    truth = {key: {**answer[key], **drawn["truth"][key]} for key in NUMBERS.values()}
    return unpack_numbers(question, {**drawn, "truth": {**drawn["truth"], **truth}})


def verdict_of(question: Question, case: Mapping[str, Any]) -> Verdict:
    """The verdict again, from a case of a result and what was asked: to be shown, with no engine at
    hand."""
    truth = question.truth
    trace = wire.trace(case["answer"], question.case.program) if "answer" in case else truth
    single = case.get("dtype") == SINGLE
    return judge(*(in_single(question.case, truth) if single else (question.case, truth)), trace)
