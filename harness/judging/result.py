"""The JSON form: everything about one engine as plain data, for scripts, reports and gradebooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from harness.judging.findings import gather
from harness.judging.symptoms import Symptom, symptoms
from harness.judging.verdict import Verdict
from harness.language.program import directions


def as_json(engine: str, verdicts: Iterable[tuple[str, Verdict]]) -> dict[str, Any]:
    """Everything about one engine, as plain data: score, findings, and each case's steps."""
    found: list[Symptom] = []
    passed = []
    cases = []
    for case, verdict in verdicts:
        found += symptoms(verdict, case)
        cases.append(_case_as_json(case, verdict))
        if verdict.passed and verdict.backward.status == "passed":
            passed.append(verdict.case.program)
    return {
        "engine": engine,
        "score": round(sum(case["score"] for case in cases), 9),
        "max_score": round(sum(case["max_score"] for case in cases), 9),
        "findings": [asdict(finding) for finding in gather(found, passed)],
        "cases": cases,
    }


def _case_as_json(name: str, verdict: Verdict) -> dict[str, Any]:
    passes = directions(verdict.case.program)
    states = [verdict.direction(direction).status for direction in passes]
    points = verdict.case.points
    unsupported = "unsupported" in states[:2]
    status = "failed" if "failed" in states else "passed"
    share = sum(state == "passed" for state in states) / len(states)
    return {
        "id": name,
        "status": "unsupported" if unsupported else status,
        "score": 0.0 if unsupported else points * share,
        "max_score": points,
        "steps": [] if unsupported else _steps_as_json(verdict),
    }


def _steps_as_json(verdict: Verdict) -> list[dict[str, Any]]:
    ops = {step.name: step.op for step in verdict.case.program.steps}
    forward = {item.name: item for item in verdict.forward.judgements}
    backward = {item.name: item for item in verdict.backward.judgements}
    steps = []
    for name in verdict.truth.values:
        one = forward.get(name)
        other = backward.get(name)
        step: dict[str, Any] = {
            "name": name,
            "op": ops.get(name, "input"),
            "forward": one.status if one else "missing",
            "backward": other.status if other else None,
        }
        wrong = next((j for j in (one, other) if j is not None and j.status != "agrees"), None)
        if wrong is not None:
            step["expected"] = _plain(wrong.expected.tolist())
            step["got"] = None if wrong.got is None else _plain(wrong.got.tolist())
        steps.append(step)
    return steps


def _plain(value: Any) -> Any:
    """Numbers as JSON has them: inf and nan, which it has not, as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool) or value - value == 0 else str(value)
