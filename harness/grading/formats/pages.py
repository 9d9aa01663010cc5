"""A page for each student, without hidden cases."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from harness.grading.explaining import explained
from harness.grading.formats.common import Result, said, seen, what_to_do
from harness.grading.marking import as_asked, verdict_of
from harness.grading.suite import Suite
from harness.showing.report import page, plain_page
from harness.showing.report.sections import Entry


def student(result: Result, suite: Suite, worked: bool = True) -> str:
    """The report on a submission: its findings, and every case that is not hidden. Unless all is to
    be ``worked`` out, no derivative is where the case is not right."""
    title, own = str(result["engine"]), seen(result, published=False)
    about = "".join(f"<p>{escape(line)}</p>\n" for line in said(own))
    if result["problem"] is not None:
        problem = escape(f"This could not be graded: {result['problem']}")
        return plain_page(title, f"<pre>{problem}</pre>\n<p>{escape(what_to_do(own))}</p>\n{about}")
    asked = {question.id: question for question in suite.questions}
    entries = [
        Entry(
            case["id"],
            question.case,
            question.truth,
            verdict_of(question, case),
            case.get("written", ()),
            worked or case["status"] == "passed",
        )
        for case in own["cases"]
        for question in [as_asked(asked[case["id"]], case)]
    ]
    if "questions" in own:
        own = {**own, "findings": _as_marked(own["findings"], result)}
    return page(title, entries, own, about)


def _as_marked(findings: Sequence[Result], result: Result) -> list[dict[str, Any]]:
    """The findings with what they cost by the marks of the questions, as they are explained."""
    told = explained(result)["mistakes"]
    return [{**one, "cost": by["points"]} for one, by in zip(findings, told, strict=True)]
