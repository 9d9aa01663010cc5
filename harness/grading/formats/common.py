"""What all formats share: a case and a finding in words, and what a student may see of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.assignment import marks
from harness.grading.marking import GRADER_ERROR
from harness.grading.tally import added_up
from harness.judging.missing import gathered, next_to_build, why_nothing
from harness.judging.mistakes import ENGINE
from harness.judging.verdict import GUILTY, MISSING
from harness.showing.phrases import matters, repro_lines, title_of
from harness.vocabulary.program import DIRECTIONS

Result = Mapping[str, Any]

HIDDEN_NAME: Final = "hidden cases"
MOST_NAMES: Final = 5
WORDS: Final = {
    "passed": "Every step agrees.",
    "unsupported": "This case could not be judged.",
    "error": "Not run.",
}
"""What is said of a case where no step is wrong; of an unsupported one also the reason."""

DRAWN: Final = "cases were asked on other inputs than those in the files"


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a student sees it; all the hidden ones are one row. ``told`` is plain text."""

    name: str
    status: str
    score: float
    most: float
    told: str
    hidden: bool = False
    remarks: bool = False
    """Whether it is to be told of a case that has passed, too."""

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def seen(result: Result, published: bool) -> Result:
    """The result as its author may see it. Before it is ``published`` nothing is told of hidden
    cases: neither how many there are, nor what they are worth, nor how long they took."""
    cases = [case for case in result["cases"] if published or not case["hidden"]]
    own = {case["id"] for case in cases if not case["hidden"]}
    remarks = [one for one in result["remarks"] if own.intersection(one["cases"])]
    if drawn := _drawn(result):
        told = {"code": None, "op": ENGINE, "direction": "forward", "message": DRAWN}
        remarks.append({**told, "cases": drawn})
    return {
        **result,
        **added_up(cases),
        **_questions(result, cases, published),
        "findings": result["student"],
        "remarks": remarks,
        "missing": lacking(result),
        "suspicions": [],
        "slow": [one for one in result.get("slow", ()) if one["case"] in own],
        "cases": cases,
        "seconds": result.get("seconds", 0.0) if len(cases) == len(result["cases"]) else 0.0,
    }


def _questions(result: Result, cases: Sequence[Any], published: bool) -> dict[str, Any]:
    """The marks by question, where there are any, as the cases that are seen give them."""
    if "questions" not in result or published:
        return {key: result[key] for key in ("score", "max_score") if "questions" in result}
    every = marks.by_question(result["questions"], {**result, "cases": cases})
    shown = [one for one in every if not one["hidden"]]
    whole = {key: round(sum(one[key] for one in shown), 9) for key in ("score", "max_score")}
    return {**whole, "questions": shown}


def rows(result: Result) -> Iterator[Row]:
    """The cases, and after them the hidden ones as one."""
    for case in result["cases"]:
        if not case["hidden"]:
            told = WORDS.get(case["status"]) or _wrong(result, case)
            if case["status"] == "unsupported" and case["reason"]:
                told = f"Not judged: {case['reason']}."
            own = [f"Remark: {one['message']}." for one in case["remarks"]]
            told = "\n".join([told, *dict.fromkeys(own)])
            score, most = case["score"], case["max_score"]
            yield Row(case["id"], case["status"], score, most, told, remarks=bool(own))
    if hidden := [case for case in result["cases"] if case["hidden"]]:
        passed = sum(case["status"] == "passed" for case in hidden)
        status = "passed" if passed == len(hidden) else "failed"
        told = f"{passed} of {len(hidden)} pass."
        worth = added_up(hidden)
        yield Row(HIDDEN_NAME, status, worth["score"], worth["max_score"], told, hidden=True)


def _wrong(result: Result, case: Mapping[str, Any]) -> str:
    """Which steps are wrong, and what the findings say of this case."""
    lines = []
    for direction in DIRECTIONS:
        names = [step["name"] for step in case["steps"] if step[direction] in (GUILTY, MISSING)]
        reason = case["passes"].get(direction, {}).get("reason")
        lines += [f"{direction}: wrong at {', '.join(names[:MOST_NAMES])}"] * bool(names)
        lines += [f"{direction}: {reason}"] * (reason is not None)
    for finding in result["student"]:
        if case["id"] in finding["cases"]:
            lines.append(f"{finding['code']}: {finding['message']}")
            lines += [f"hint: {finding['hint']}"] * bool(finding["hint"])
            lines += bool(when := matters(finding)) * [when]
    return "\n".join(lines) or "A step is wrong."


def summary(result: Result) -> str:
    """The mistakes in words, the one that costs most first, and after them the edges."""
    if result["problem"]:
        return f"This could not be graded: {result['problem']}"
    build = next_to_build(lacking(result))
    last = [f"{build[0].upper()}{build[1:]}."] if build else []
    if not result["student"]:
        nothing = why_nothing(result) is not None
        return " ".join(["Nothing was judged." if nothing else "No mistake was found.", *last])
    lines = []
    for number, finding in enumerate(result["student"], 1):
        lines += [
            f"{number}. {title_of(finding)}",
            f"   {finding['message']}",
            *bool(place := finding.get("place")) * [f"     {place}"],
            *(f"   {line}".rstrip() for line in repro_lines(finding.get("repro", ""))),
            *[f"   hint: {finding['hint']}"] * bool(finding["hint"]),
            *bool(when := matters(finding)) * [f"   {when}"],
            f"   see: {finding['evidence']}",
        ]
    lines += [f"Remark: {DRAWN}."] * bool(_drawn(result))
    return "\n".join(lines + last)


def _drawn(result: Result) -> list[str]:
    """The cases that failed on inputs that were drawn, hidden ones aside."""
    return [case["id"] for case in result["cases"] if "drawn" in case and not case["hidden"]]


def lacking(result: Result) -> list[dict[str, Any]]:
    """What the engine lacks, as the cases tell that are not hidden."""
    seen = {case["id"] for case in result["cases"] if not case["hidden"]}
    pairs = ((one["what"], case) for one in result.get("missing", ()) for case in one["cases"])
    return gathered(pair for pair in pairs if pair[1] in seen)


def is_grader_error(result: Result) -> bool:
    """Whether the mark is none, for a fault of the grader's."""
    return bool(result["status"] == GRADER_ERROR)
