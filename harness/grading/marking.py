"""From verdicts to marks: what a submission has earned, as plain data.

The result is that of an engine (see ``judging/result.py``) with what grading adds: ``status``,
``problem``, ``marking``, ``walls``, ``seconds``, ``suite``, ``student``, ``suspicions``, and for
each case ``hidden`` and the engine's ``answer``. ``graded`` in ``judging/result.schema.json`` says
what each of them is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from harness.assignment import marks
from harness.grading import wire
from harness.grading.suite import Question, Suite, pack_numbers, unpack_numbers
from harness.grading.tally import GRADED as GRADED
from harness.grading.tally import added_up, unrun, with_marks
from harness.judging.codes import MISTAKE
from harness.judging.comparing import numbers
from harness.judging.judge import judge
from harness.judging.mistakes import Mistake, Shown
from harness.judging.precision import SINGLE, in_single
from harness.judging.result import as_json, earned
from harness.judging.verdict import AGREES, INHERITED, RIGHT, Judgement, Verdict
from harness.vocabulary.program import DIRECTIONS

MARKINGS: Final = ("cases", "carried-forward", "inputs")
"""What earns points: whole passes, or each step that is right in itself; ``inputs`` is for backward
passes written by hand, of which the gradients of the inputs count."""
REFUSED, GRADER_ERROR = "refused", "grader error"
STATUSES: Final = (GRADED, REFUSED, GRADER_ERROR)

Judged = Sequence[tuple[Question, Verdict]]


def mark(
    id: str, judged: Judged, marking: str, suspicions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The result of a submission that could be run, with the ``suspicions`` by their codes."""
    result = as_json(id, [(question.id, verdict) for question, verdict in judged])
    for case, (question, verdict) in zip(result["cases"], judged, strict=True):
        case["hidden"] = question.hidden
        carried = marking == "carried-forward"
        if carried:
            least = case["score"] if case["weight"] not in (None, MISTAKE) else 0.0
            case["score"] = max(least, carried_forward(verdict))
        if question.parts:
            case["asked"] = marks.asked(question.parts, _earned(verdict, case, carried))
        if case["remarks"] or any(one["status"] != "passed" for one in case["passes"].values()):
            case["answer"] = wire.pack_trace(verdict.trace)
            case["shown"] = list(_shown(verdict))
            if question.drawn and (case["remarks"] or verdict.status == "failed"):
                case["drawn"] = _drawn(question, verdict, case["answer"])
    seen = [(question.id, verdict) for question, verdict in judged if not question.hidden]
    shown = as_json(id, seen)["findings"] if len(seen) < len(judged) else result["findings"]
    told = [{"code": code, "message": message} for code, message in (suspicions or {}).items()]
    own = {"status": GRADED, "problem": None, "marking": marking}
    return {**result, **added_up(result["cases"]), **own, "student": shown, "suspicions": told}


def _earned(verdict: Verdict, case: Mapping[str, Any], carried: bool) -> dict[str, float]:
    """What share of its points each pass has earned."""
    weights = {case["weight"]} - {None}
    found = earned(verdict, weights)
    if not carried:
        return found
    least = found if MISTAKE not in weights else dict.fromkeys(found, 0.0)
    parts = _carried(verdict)
    return {name: max(share, parts[name]) for name, share in least.items()}


def refused(id: str, suite: Suite, problem: str, status: str = REFUSED) -> dict[str, Any]:
    """The result of a submission that cannot be run: no points, and why."""
    cases = unrun(suite.questions, problem.partition("\n")[0])
    own = {"status": status, "problem": problem, "marking": None, "suite": suite.shown}
    none: dict[str, Any] = {"student": [], "suspicions": [], "seconds": 0.0}
    result = {**as_json(id, []), **added_up(cases), **own, **none, "cases": cases}
    return with_marks(result, suite)


def carried_forward(verdict: Verdict) -> float:
    """The points of a case by the share of its steps that are right in themselves, in all passes:
    a step that is right but for an earlier mistake counts, if its number shows that."""
    case = verdict.case
    if case.shares:
        parts = (case.share(name) * share for name, share in _carried(verdict).items())
        return round(case.points * sum(parts), 9)
    counts = [_counted(verdict, name) for name in verdict.directions]
    total = sum(most for _, most in counts)
    return round(case.points * sum(right for right, _ in counts) / total, 9) if total else 0.0


def _carried(verdict: Verdict) -> dict[str, float]:
    """The share of the steps of each pass that are right in themselves."""
    counts = {name: _counted(verdict, name) for name in verdict.directions}
    return {name: right / most if most else 0.0 for name, (right, most) in counts.items()}


def _counted(verdict: Verdict, name: str) -> tuple[int, int]:
    """How many steps of a pass are right in themselves, and of how many."""
    direction, expected = verdict.direction(name), _expected(verdict, name)
    if direction.note is not None or direction.breach is not None:
        return 0, len(expected)
    judged = {item.name: item for item in direction.judgements}
    absent = direction.failure is None  # rightly so, since no judgement says otherwise
    right = sum(_counts(judged[n]) if n in judged else absent for n in expected)
    return right, len(expected)


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
    own = in_single(question.case, truth) if single else (question.case, truth)
    shown = {
        (one["direction"], one["name"]): Shown(
            tuple(map(Mistake.from_json, one["mistakes"])), frozenset(one["right"])
        )
        for one in case.get("shown", ())
    }
    return replace(judge(*own, trace), shown=shown)


def _shown(verdict: Verdict) -> Iterator[dict[str, Any]]:
    """What experiments have shown of wrong steps, which cannot be made again without the engine."""
    for (direction, name), found in verdict.shown.items():
        told = {"mistakes": [asdict(one) for one in found.mistakes], "right": sorted(found.right)}
        yield {"direction": direction, "name": name, **told}
