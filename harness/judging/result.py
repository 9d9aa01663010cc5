"""The contract: everything about one engine as plain data, for scripts, reports and gradebooks.

``result.schema.json`` beside this file is its schema; what reads a result relies on that alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from harness.judging.findings import gather
from harness.judging.missing import missing
from harness.judging.mistakes import ENGINE
from harness.judging.standing import standing
from harness.judging.symptoms import Symptom, symptoms
from harness.judging.verdict import AGREES, MISSING, Judgement, Verdict
from harness.vocabulary.program import DIRECTIONS

VERSION: Final = 1
"""Counted up where a reader of the version before would misread a result. What is only added does
not count: a reader leaves alone what it does not know."""

LEAVES_ONLY: Final = "the engine keeps gradients of its leaves only: no step between is judged"
ONES: Final = (
    "backward takes no seed, and none can be made of the engine's operations: an array as the "
    "output is begun with ones, which do not show axes that are mixed up"
)

SINGLE: Final = "the engine computes in float32: it is judged in float32, with its tolerance"

Remark = tuple[str, str]
"""A direction, and a sentence."""


def as_json(engine: str, verdicts: Iterable[tuple[str, Verdict]]) -> dict[str, Any]:
    """The result of an engine from its verdicts, each with its case's id."""
    judged = list(verdicts)
    found: list[Symptom] = []
    for case, verdict in judged:
        found += symptoms(verdict, case)
    cases = [_case(case, verdict) for case, verdict in judged]
    return {
        "version": VERSION,
        "engine": engine,
        "score": round(sum(case["score"] for case in cases), 9),
        "max_score": round(sum(case["max_score"] for case in cases), 9),
        "findings": [asdict(finding) for finding in gather(found)],
        "remarks": list(_remarks(judged)),
        "missing": missing(judged),
        "levels": standing((case["level"], case["status"]) for case in cases),
        "cases": cases,
    }


def _remarks(judged: Sequence[tuple[str, Verdict]]) -> Iterator[dict[str, Any]]:
    """What costs nothing and should be known."""
    found: dict[Remark, list[str]] = {}
    for case, verdict in judged:
        for remark in remarks(verdict):
            found.setdefault(remark, []).append(case)
    for (direction, message), cases in found.items():
        yield {
            "code": None,
            "op": ENGINE,
            "direction": direction,
            "message": message,
            "cases": cases,
        }


def remarks(verdict: Verdict) -> Iterator[Remark]:
    """What should be known of the engine, as one case shows it."""
    if not verdict.truth.typed:
        yield "forward", SINGLE
    if verdict.trace.leaves_only:
        yield "backward", LEAVES_ONLY
    if verdict.trace.seed is not None:
        yield "backward", ONES


def points(verdict: Verdict) -> float:
    """What a case has earned: its points, by the share of the passes that are right."""
    states = [judged.status for judged in verdict.directions.values()]
    return verdict.case.points * sum(state == "passed" for state in states) / len(states)


def _case(name: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": name,
        "level": verdict.case.level,
        "dtype": verdict.case.program.dtype,
        "status": verdict.status,
        "score": points(verdict),
        "max_score": verdict.case.points,
        "reason": verdict.note,
        "passes": {direction: _pass(verdict, direction) for direction in verdict.directions},
        "steps": [] if verdict.forward.note is not None else _steps(verdict),
    }


def _pass(verdict: Verdict, direction: str) -> dict[str, Any]:
    judged = verdict.direction(direction)
    own = judged.failure if judged.failure and judged.failure.direction == direction else None
    told = own or judged.breach
    reason = told.message if told is not None else judged.note
    if judged.failure is not None and own is None:
        reason = f"not reached: the {judged.failure.direction} pass stops before it"
    return {
        "status": judged.status,
        "reason": reason,
        "step": None if told is None else told.step,
        "lines": [] if own is None else list(own.lines),
    }


def _steps(verdict: Verdict) -> list[dict[str, Any]]:
    ops = {name: step.op for name, step in verdict.case.program.by_name.items()}
    judged = {
        direction: {item.name: item for item in verdict.direction(direction).judgements}
        for direction in DIRECTIONS
    }
    return [
        {
            "name": name,
            "op": ops.get(name, "input"),
            **_step([judged[d].get(name) for d in DIRECTIONS]),
        }
        for name in verdict.truth.values
    ]


def _step(items: Sequence[Judgement | None]) -> dict[str, Any]:
    """A step in each pass, and the numbers of the first one that it is wrong in."""
    statuses = [None if item is None else item.status for item in items]
    step: dict[str, Any] = dict(zip(DIRECTIONS, statuses, strict=True))
    step["forward"] = step["forward"] or MISSING
    wrong = next((item for item in items if item is not None and item.status != AGREES), None)
    if wrong is not None:
        step["expected"] = _plain(wrong.expected.tolist())
        # What holds no number may still have any number of rows.
        step["got"] = (
            None if wrong.got is None else _plain(wrong.got.tolist()) if wrong.got.size else []
        )
    return step


def _plain(value: Any) -> Any:
    """Numbers as JSON has them: inf and nan, which it has not, as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool) or value - value == 0 else str(value)
