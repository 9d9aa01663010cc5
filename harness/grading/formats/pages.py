"""A page for each student, without hidden cases."""

from __future__ import annotations

from html import escape

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
    return page(title, entries, own, about)
