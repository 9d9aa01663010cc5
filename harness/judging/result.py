"""The contract: everything about one engine as plain data, for scripts, reports and gradebooks.

``result.schema.json`` beside this file is its schema; what reads a result relies on that alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from harness import languages
from harness.engines.running.meanings import REMARKS
from harness.judging.codes import COST, MISTAKE, WEIGHTS
from harness.judging.findings import Finding, gather
from harness.judging.missing import missing
from harness.judging.mistakes import ENGINE
from harness.judging.standing import standing
from harness.judging.symptoms import Symptom, symptoms
from harness.judging.verdict import AGREES, MISSING, Judgement, Verdict
from harness.judging.wording import sentence
from harness.vocabulary.program import DIRECTIONS

VERSION: Final = 2
"""Counted up where a reader of the version before would misread a result. What is only added does
not count: a reader leaves alone what it does not know."""

Remark = tuple[str, str]
"""A direction, and a sentence."""


def as_json(engine: str, verdicts: Iterable[tuple[str, Verdict]]) -> dict[str, Any]:
    """The result of an engine from its verdicts, each with its case's id."""
    judged = list(verdicts)
    found: list[Symptom] = []
    for case, verdict in judged:
        found += symptoms(verdict, case)
    findings = gather(found)
    weights = weights_of(findings)
    cases = [_case(case, verdict, weights.get(case, frozenset())) for case, verdict in judged]
    return {
        "version": VERSION,
        "engine": engine,
        "score": round(sum(case["score"] for case in cases), 9),
        "max_score": round(sum(case["max_score"] for case in cases), 9),
        "findings": [asdict(finding) for finding in findings],
        "remarks": list(_remarks(judged)),
        "missing": missing(judged),
        "levels": standing((case["level"], case["status"], case["weight"]) for case in cases),
        "cases": cases,
    }


def weights_of(findings: Iterable[Finding]) -> dict[str, frozenset[str]]:
    """By case, the weights of what is wrong there."""
    found: dict[str, set[str]] = {}
    for finding in findings:
        for case in finding.cases:
            found.setdefault(case, set()).add(finding.weight)
    return {case: frozenset(weights) for case, weights in found.items()}


def _remarks(judged: Sequence[tuple[str, Verdict]]) -> Iterator[dict[str, Any]]:
    """What costs nothing and should be known: of a convention once what the smallest case shows."""
    found: dict[tuple[str, ...], tuple[dict[str, Any], list[str]]] = {}
    for case, verdict in sorted(judged, key=lambda pair: len(pair[1].case.program.steps)):
        own = [{"code": None, "op": ENGINE, **_told(*remark)} for remark in remarks(verdict)]
        for one in [*own, *conventions(verdict)]:
            key = (one["code"], one["op"], one["direction"], "" if one["code"] else one["message"])
            _, cases = found.setdefault(key, (one, []))
            cases.append(case)
    ordered = sorted(found.values(), key=lambda pair: pair[0]["code"] is None)
    order = {case: number for number, (case, _) in enumerate(judged)}
    for one, cases in ordered:
        yield {**one, "cases": sorted(cases, key=order.__getitem__)}


def conventions(verdict: Verdict) -> list[dict[str, Any]]:
    """What another choice than torch's was made in a case: each once in a pass."""
    found = {
        (direction, choice.code, choice.op): {
            "code": choice.code,
            "op": choice.op,
            **_told(direction, sentence(choice)),
        }
        for direction, choice in reversed(verdict.choices)
    }
    return list(found.values())[::-1]


def _told(direction: str, message: str) -> dict[str, Any]:
    return {"direction": direction, "message": message}


def remarks(verdict: Verdict) -> Iterator[Remark]:
    """What should be known of the engine, as one case shows it."""
    if not verdict.truth.typed:
        yield "forward", _remark("single")
    if told := REMARKS.get(verdict.trace.unsupported or ""):
        yield "forward", _remark(told)
    if verdict.trace.leaves_only:
        yield "backward", _remark("leaves-only")
    if verdict.trace.seed is not None:
        yield "backward", _remark("ones")
    for direction, judged in verdict.directions.items():
        failure = verdict.trace.failure
        if judged.note is not None and failure is not None and failure.arithmetic:
            yield direction, judged.note
            break


def _remark(id: str, **fields: Any) -> str:
    return languages.told("truth", id, **fields)


def weight_of(status: str, weights: Collection[str]) -> str | None:
    """How much it matters that a case is failed, by the weights of what is wrong with it; None of
    one that is not."""
    if status != "failed":
        return None
    return next((one for one in WEIGHTS if one in weights), MISTAKE)


def points(verdict: Verdict, weights: Collection[str] = ()) -> float:
    """What a case has earned: its points, by the share of the passes that are right."""
    shares = earned(verdict, weights)
    part = sum(verdict.case.share(name) * share for name, share in shares.items())
    return round(verdict.case.points * part, 9)


def earned(verdict: Verdict, weights: Collection[str] = ()) -> dict[str, float]:
    """What share of its points each pass has earned. Where nothing is wrong with the case but what
    matters at extremes, each that was judged loses as much as that costs."""
    heaviest = weight_of(verdict.status, weights)
    lightly = heaviest not in (None, MISTAKE)
    right = ("passed", "failed") if lightly else ("passed",)
    whole = 1.0 - COST[str(heaviest)] if lightly else 1.0
    return {name: whole * (judged.status in right) for name, judged in verdict.directions.items()}


def _case(name: str, verdict: Verdict, weights: Collection[str]) -> dict[str, Any]:
    return {
        "id": name,
        "level": verdict.case.level,
        "dtype": verdict.case.program.dtype,
        "status": verdict.status,
        "weight": weight_of(verdict.status, weights),
        "score": points(verdict, weights),
        "max_score": verdict.case.points,
        "reason": verdict.note,
        "remarks": conventions(verdict),
        "passes": {direction: _pass(verdict, direction) for direction in verdict.directions},
        "steps": [] if verdict.forward.note is not None else _steps(verdict),
    }


def _pass(verdict: Verdict, direction: str) -> dict[str, Any]:
    judged = verdict.direction(direction)
    own = judged.failure if judged.failure and judged.failure.direction == direction else None
    told = own or judged.breach
    reason = told.message if told is not None else judged.note
    if judged.failure is not None and own is None:
        reason = _remark("not-reached", direction=judged.failure.direction)
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
