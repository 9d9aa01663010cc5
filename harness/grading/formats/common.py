"""What all formats share: a case and a finding in words, and what a student may see of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.assignment import marks
from harness.assignment.values import EXACT, rounded
from harness.grading.marking import GRADER_ERROR
from harness.grading.rulings import HIDDEN, parts, scales
from harness.grading.tally import added_up
from harness.judging.missing import gathered, next_to_build, why_nothing
from harness.judging.mistakes import ENGINE
from harness.judging.standing import standing
from harness.judging.verdict import GUILTY, MISSING
from harness.showing.phrases import matters, repro_lines, title_of
from harness.vocabulary.program import DIRECTIONS

Result = Mapping[str, Any]

HIDDEN_NAME: Final = HIDDEN
SET: Final = "set by the instructor"
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
        **_worth(result, cases, published),
        "levels": standing((case["level"], case["status"], case["weight"]) for case in cases),
        "without": [one for one in result.get("without", ()) if not one["hidden"]],
        "findings": result["student"],
        "remarks": remarks,
        "missing": lacking(result),
        "suspicions": [],
        "slow": [one for one in result.get("slow", ()) if one["case"] in own],
        "cases": cases,
        "seconds": result.get("seconds", 0.0) if len(cases) == len(result["cases"]) else 0.0,
    }


def _worth(result: Result, cases: Sequence[Any], published: bool) -> dict[str, Any]:
    """What is seen of the marks: where hidden cases are not counted, without what they are worth;
    with what the instructor has added, or taken off."""
    found = {**result, "score": result.get("found", result["score"])}
    own = {**added_up(cases), **_questions(found, cases, published)}
    if "found" not in result:
        return own
    added = result["score"] - result["found"]
    return {**own, "score": round(max(own["score"] + added, 0.0), 9), "found": own["score"]}


def _questions(result: Result, cases: Sequence[Any], published: bool) -> dict[str, Any]:
    """The marks by question, where there are any, as the cases that are seen give them."""
    if "questions" not in result or published:
        return {key: result[key] for key in ("score", "max_score") if "questions" in result}
    every = marks.by_question(result["questions"], {**result, "cases": cases})
    numbered = [{**one, "number": number} for number, one in enumerate(every, 1)]
    shown = [one for one in numbered if not one["hidden"]]
    score, most = (sum(one[key] for one in shown) for key in ("score", "max_score"))
    score = rounded(score, result["assignment"].get("rounding", EXACT))
    return {"score": score, "max_score": round(most, 9), "questions": shown}


WHAT_TO_DO: Final = (
    (
        "No module named",
        "Import nothing but numpy and what Python has itself.",
    ),
    ("does not import", "Run `python {entry}` on your own machine until it ends without an error."),
    ("import takes", 'Keep what trains or tries the engine below `if __name__ == "__main__":`.'),
    ("process ends", 'Keep what trains or tries the engine below `if __name__ == "__main__":`.'),
    ("zip", "Make a new zip of the folder with {entry} in it, or hand in {entry} alone."),
    ("there is no", "Call the file {entry}, and hand it in by itself or in a folder."),
    ("is a link", "Hand in the file itself."),
    ("larger than", "Hand in the source alone, without data."),
    ("more than", "Hand in the source alone, without data or installed packages."),
    ("no class called", "Define a class with data, operators and backward() in {entry}."),
    ("says how it is run", "Hand in the engine alone, without an adapter."),
    ("its class is called", "Call the class as the assignment says."),
)
"""By what a problem says: what its author is to do."""
CHECK: Final = "Then `harness check {entry}` must run, and you can hand it in again."


def what_to_do(result: Result, entry: str = "engine.py") -> str:
    """What the author of a submission that was refused is to do."""
    if is_grader_error(result):
        return "This is no fault of yours: your instructor has to grade it again."
    problem = str(result["problem"])
    own = [told for key, told in WHAT_TO_DO if key in problem][:1]
    return " ".join([*own, CHECK]).format(entry=entry)


def rows(result: Result) -> list[Row]:
    """The questions of an assignment; without one the cases, and after them the hidden ones as one.
    Last is what the instructor has set, so that the rows add up to the mark."""
    found = list(_of_questions(result) if "questions" in result else _of_cases(result))
    if "found" not in result:
        return found
    told = "\n".join(ruled_told(result))
    whole = "questions" not in result or any(not one["question"] for one in result["rulings"])
    added = round(result["score"] - sum(row.score for row in found), 9) if whole else 0.0
    if added >= 0:
        return [*found, Row(SET, "passed", added, 0.0, told, remarks=True)]
    left, lowered = -added, []
    for row in found:
        taken = min(left, row.score) if not row.hidden else 0.0
        left -= taken
        off = f"\n{taken:g} points are taken off: see below." if taken else ""
        score, told_off = round(row.score - taken, 9), f"{row.told}{off}"
        lowered.append(replace(row, score=score, told=told_off, remarks=bool(off) or row.remarks))
    return [*lowered, Row(SET, "passed", 0.0, 0.0, told, remarks=True)]


def ruled_told(result: Result) -> Iterator[str]:
    """What the instructor has set, and why."""
    for one in result.get("rulings", ()):
        what = one["question"] or "the mark"
        yield f"Set by the instructor: {what} to {one['points']:g} points. {one['why']}"


def said(result: Result) -> Iterator[str]:
    """What is to be known of a mark beside what was found: names that were not as asked for, cases
    that were dropped for all, what the instructor has set and says."""
    yield from (f"Note: {note}." for note in result.get("notes", ()))
    yield from (f"Dropped for all: {one['id']}." for one in result.get("without", ()))
    yield from ruled_told(result)
    yield from (f"Your instructor says: {one['text']}" for one in result.get("comments", ()))


def _of_questions(result: Result) -> Iterator[Row]:
    """The questions by what is seen of them, and what is not as one row."""
    scale, hidden = scales(result), [0.0, 0.0]
    for part in parts(result):
        number, score, most = part["number"], part["score"], part["max_score"]
        secret = [case for case in part["cases"] if case["hidden"] or part["hidden"]]
        for one in (one for case in secret for one in case["asked"].values()):
            if one["question"] == number:
                score -= one["score"] * scale[number]
                most -= one["max_score"] * scale[number]
        hidden = [hidden[0] + part["score"] - score, hidden[1] + part["max_score"] - most]
        if most > LEAST:
            yield _question(result, part, round(max(score, 0.0), 9), round(most, 9))
    if hidden[1] > LEAST:
        status = "passed" if hidden[0] >= hidden[1] - LEAST else "failed"
        told = "Points of hidden cases."
        score, most = (round(one, 9) for one in hidden)
        yield Row(HIDDEN_NAME, status, score, most, told, hidden=True)


LEAST: Final = 1e-9


def _question(result: Result, part: Mapping[str, Any], score: float, most: float) -> Row:
    full = score >= most - LEAST
    lost = [case for case in part["cases"] if not case["hidden"] and case["status"] != "passed"]
    told = "All of it is right." if full else "\n".join(_told(result, part, lost))
    name = f"{part['number']}. {part['title']}"
    return Row(name, "passed" if full else "failed", score, most, told)


def _told(result: Result, part: Mapping[str, Any], lost: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is not right of a question: which mistakes, and what is not there."""
    ids = {case["id"] for case in lost}
    mistakes = [
        f"{title_of(one)} ({one['message']})" for one in result["student"] if ids & {*one["cases"]}
    ]
    lacks = [
        f"not there: {one['what']} ({', '.join(own[:MOST_NAMES])})"
        for one in part.get("lacks", ())
        if (own := [id for id in one["cases"] if id in ids])
    ]
    cases = [f"{case['id']}: {case['reason']}" for case in lost if case["reason"]]
    return [*mistakes, *lacks, *(cases[:MOST_NAMES] if not mistakes + lacks else [])]


def _of_cases(result: Result) -> Iterator[Row]:
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
    about = list(said(result))
    if result["problem"]:
        problem = f"This could not be graded: {result['problem']}"
        return "\n".join([problem, what_to_do(result), *about])
    build = next_to_build(lacking(result))
    last = [f"{build[0].upper()}{build[1:]}."] if build else []
    if not result["student"]:
        nothing = why_nothing(result) is not None
        whole = " ".join(["Nothing was judged." if nothing else "No mistake was found.", *last])
        return "\n".join([whole, *about])
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
    return "\n".join([*lines, *last, *about])


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
