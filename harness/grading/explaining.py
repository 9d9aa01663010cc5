"""A mark explained: what each question is worth, where each lost point went, and what is missing.

Every lost point is told once: under the mistakes that its case shows, which share it, or what the
engine lacks, or why the case was not judged. So what is told adds up to what is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.grading.formats.common import seen, what_to_do
from harness.grading.rulings import lost, parts, scales
from harness.showing.phrases import title_of

LEAST: Final = 1e-9
MOST_NUMBERS: Final = 16
"""So many numbers of an array are told, at most."""
MOST_STEPS: Final = 8

UNKNOWN: Final = "a step is wrong"


def explained(
    result: Mapping[str, Any], published: bool = False, numbers: bool = False
) -> dict[str, Any]:
    """The explanation as plain data, with nothing of hidden cases unless they are ``published``,
    and then as one row; of the smallest case of each mistake its ``numbers``, too."""
    own = seen(result, published)
    known = (*KEPT, "rulings", "comments", "notes", "without", "people", "handed", "late")
    told = {key: own[key] for key in known if own.get(key)}
    told |= {"score": own["score"], "max_score": own["max_score"], "problem": own["problem"]}
    if own["problem"] is not None:
        return {**told, "do": what_to_do(own)}
    told["parts"] = [
        {"title": part["title"], "score": round(part["score"], 9), "max_score": part["max_score"]}
        for part in parts(own)
    ]
    return {**told, **_lost(own, numbers)}


KEPT: Final = ("engine", "status", "found")


def _lost(own: Mapping[str, Any], numbers: bool) -> dict[str, Any]:
    """Where the points went: to mistakes, to what is missing, and elsewhere."""
    cases = [case for case in own["cases"] if not case["hidden"]]
    whose: dict[str, list[int]] = {}
    for number, one in enumerate(own["findings"]):
        for id in one["cases"]:
            whose.setdefault(id, []).append(number)
    scale = scales(own)
    lacking = {id: one["what"] for one in own.get("missing", ()) for id in one["cases"]}
    mistakes: dict[int, list[float]] = {}
    missing: dict[str, list[float]] = {}
    others: dict[str, list[tuple[str, float]]] = {}
    for case in cases:
        if (points := lost(case, scale)) < LEAST:
            continue
        if case["id"] in whose:
            several = whose[case["id"]]
            for number in several:
                mistakes.setdefault(number, []).append(points / len(several))
        elif case["id"] in lacking:
            missing.setdefault(lacking[case["id"]], []).append(points)
        else:
            others.setdefault(_reason(case), []).append((case["id"], points))
    by_id = {case["id"]: case for case in cases} if numbers else {}
    return {
        "mistakes": [
            _mistake(one, mistakes.get(number, []), by_id)
            for number, one in enumerate(own["findings"])
        ],
        "missing": [{"what": what, **_sum(points)} for what, points in missing.items()],
        "other": [
            {"why": why, "smallest": pairs[0][0], **_sum([points for _, points in pairs])}
            for why, pairs in others.items()
        ],
    }


def _mistake(
    one: Mapping[str, Any], points: Sequence[float], by_id: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    told = {key: one[key] for key in ("code", "weight", "op", "direction", "message", "hint")}
    told |= {"title": title_of(one), "smallest": one["evidence"], **_sum(points)}
    told["cases"] = len(one["cases"])
    if one.get("repro"):
        told["repro"] = one["repro"]
    if case := by_id.get(one["evidence"]):
        told["numbers"] = list(_numbers(case))
    return told


def _sum(points: Sequence[float]) -> dict[str, Any]:
    return {"points": round(sum(points), 9), "cases": len(points)}


def _reason(case: Mapping[str, Any]) -> str:
    """Why a case that shows no mistake has lost points."""
    reasons = [one["reason"] for one in case["passes"].values() if one["status"] != "passed"]
    return str(next(filter(None, [*reasons, case["reason"]]), UNKNOWN))


def _numbers(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was expected at the steps that are wrong, and what came."""
    wrong = [step for step in case["steps"] if "expected" in step]
    for step in wrong[:MOST_STEPS]:
        yield {
            "step": step["name"],
            "expected": _few(step["expected"]),
            "got": _few(step["got"]),
        }


def _few(value: Any) -> Any:
    """Numbers, the first ones of many, in a row."""
    if not isinstance(value, list):
        return value
    flat: list[Any] = []
    waiting = [value]
    while waiting and len(flat) <= MOST_NUMBERS:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        else:
            flat.append(one)
    return [*flat[:MOST_NUMBERS], *["…"] * (len(flat) > MOST_NUMBERS)]
