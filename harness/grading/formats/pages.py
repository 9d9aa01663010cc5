"""Pages: one for each student, without hidden cases, and one for the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, Final

from harness.grading.formats.common import Result, seen
from harness.grading.gradebook import WITHDRAWN
from harness.grading.marking import as_asked, verdict_of
from harness.grading.suite import Suite
from harness.judging.codes import EDGE, MISTAKE, WEIGHTS
from harness.showing.phrases import whose
from harness.showing.report import page, plain_page
from harness.showing.report.sections import Entry

BARS: Final = 10
MOST_ROWS: Final = 30


def student(result: Result, suite: Suite) -> str:
    """The report on a submission: its findings, and every case that is not hidden."""
    if result["problem"] is not None:
        return plain_page(str(result["engine"]), f"<p>{escape(result['problem'])}</p>")
    asked = {question.id: question for question in suite.questions}
    entries = [
        Entry(
            case["id"],
            question.case,
            question.truth,
            verdict_of(question, case),
            case.get("written", ()),
        )
        for case in result["cases"]
        if not case["hidden"]
        for question in [as_asked(asked[case["id"]], case)]
    ]
    return page(str(result["engine"]), entries, seen(result, published=False))


def of_class(results: Iterable[Result]) -> str:
    """The class: how many points how many have, which operations fail most, what mistakes are
    common. For the instructor: hidden cases count like all others."""
    every = [_Few(result) for result in results]
    graded = [one for one in every if one.status == "graded" and not one.withdrawn]
    gone = sum(one.withdrawn for one in every)
    more = f", {gone:,} {WITHDRAWN}, which counts nowhere" if gone else ""
    body = [f"<p>{len(every):,} submissions, {len(graded):,} graded{more}.</p>"]
    body += _distribution(graded)
    body += _table(
        "Operations that fail most",
        ("operation", "pass", "submissions"),
        _most(Counter(key for one in graded for key in one.operations)),
    )
    for title, weight in (("Common mistakes", MISTAKE), ("Common edges", EDGE)):
        body += _table(
            title,
            (weight, "where", "submissions"),
            _most(Counter(key for one in graded for key in one.mistakes[weight])),
        )
    body += _table(
        "To be looked into",
        ("submission", "suspicion", "why"),
        [(one.id, code, message) for one in every for code, message in one.suspicions],
    )
    body += _table(
        "Submissions",
        ("submission", "score", "of", "status"),
        [(one.id, f"{one.score:g}", f"{one.most:g}", one.told) for one in every],
    )
    return plain_page("The class", "\n".join(body))


def _most(counts: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """The most frequent, those that are equally so in the order of their names."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(*names, count) for names, count in ordered[:MOST_ROWS]]


class _Few:
    """What the page needs of a result; a class may be large."""

    def __init__(self, result: Result) -> None:
        self.id, self.status = str(result["engine"]), str(result["status"])
        self.withdrawn = bool(result.get("withdrawn"))
        self.told = f"{self.status}, {WITHDRAWN}" if self.withdrawn else self.status
        self.score, self.most = float(result["score"]), float(result["max_score"])
        self.suspicions = [(one["code"], one["message"]) for one in result["suspicions"]]
        self.operations = {(whose(one), one["direction"]) for one in result["findings"]}
        self.mistakes = {
            weight: {
                (one["code"], f"{whose(one)}, {one['direction']}")
                for one in result["findings"]
                if one["weight"] == weight
            }
            for weight in WEIGHTS
        }


def _distribution(graded: list[_Few]) -> Iterator[str]:
    counts = [0] * BARS
    for one in graded:
        share = one.score / one.most if one.most else 0.0
        counts[min(BARS - 1, int(share * BARS))] += 1
    rows = [
        (f"{100 * i // BARS}–{100 * (i + 1) // BARS} %", count, "▇" * _length(count, max(counts)))
        for i, count in enumerate(counts)
    ]
    yield from _table("Distribution", ("share of the points", "submissions", ""), rows)


def _length(count: int, most: int) -> int:
    return max(1, round(40 * count / most)) if count else 0


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    if not rows:
        return
    shown = "".join(f'<th scope="col">{head or "bar"}</th>' for head in heads)
    yield f"""<h2>{title}</h2>
<div class="scroll" tabindex="0" role="group" aria-label="{title}"><table><thead>
<tr>{shown}
</tr></thead><tbody>"""
    for row in rows:
        first, *rest = (escape(str(item)) for item in row)
        cells = "".join(f"<td>{item}</td>" for item in rest)
        yield f'<tr><th scope="row">{first}</th>{cells}</tr>'
    yield "</tbody></table></div>"
