"""The page on a class, for its instructor: hidden cases count like all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from statistics import fmean, median
from typing import Any, Final

from harness.grading.formats.common import Result
from harness.grading.gradebook import WITHDRAWN
from harness.grading.rulings import parts
from harness.judging.codes import EDGE, MISTAKE, WEIGHTS
from harness.showing.amounts import some
from harness.showing.phrases import whose
from harness.showing.report import plain_page

BARS: Final = 10
MOST_ROWS: Final = 30
MOST_NAMES: Final = 12


def of_class(
    results: Iterable[Result],
    link: Callable[[str], str] = lambda id: "",
    absent: Sequence[str] = (),
) -> str:
    """The class: how many points how many have, how many have each question and each case right,
    which operations fail most, and who has made which mistake. ``link`` is where the page of a
    student is, beside this one; empty where there is none. From the ``absent`` there is nothing."""
    told = _Class()
    every = [told.take(result) for result in results]
    graded = [one for one in every if one.status == "graded" and not one.withdrawn]
    gone = sum(one.withdrawn for one in every)
    more = f", {gone:,} {WITHDRAWN}, which counts nowhere" if gone else ""
    body = [f"<p>{len(every):,} submissions, {len(graded):,} graded{more}.{_middle(graded)}</p>"]
    body += [f"<p>Dropped for all: {escape(id)}.</p>" for id in told.dropped]
    body += _distribution(graded)
    body += _table("Questions", ("question", "mean share of its points"), told.questions())
    body += _table(
        "Operations that fail most",
        ("operation", "pass", "submissions"),
        _most(Counter(key for one in graded for key in one.operations)),
    )
    for title, weight in (("Common mistakes", MISTAKE), ("Common edges", EDGE)):
        body += _table(
            title,
            (weight, "where", "submissions", "whose"),
            [(*key, count, told.whose(key)) for *key, count in _most(told.counts(weight))],
        )
    body += _table(
        "To be looked into",
        ("submission", "suspicion", "why"),
        [(one.id, code, message) for one in every for code, message in one.suspicions],
    )
    body += _table(
        "Submissions",
        ("submission", "student", "score", "of", "status"),
        [_row(one, link(one.id)) for one in every],
    )
    body += _table("Nothing handed in", ("student",), [(name,) for name in absent])
    body += _table("Cases", ("case", "right", "judged", "share"), told.cases())
    return plain_page("The class", "\n".join(body))


def _middle(graded: Sequence[_Few]) -> str:
    """The mean and the median of the class, where anybody was graded."""
    if not graded:
        return ""
    scores, most = [one.score for one in graded], max(one.most for one in graded)
    return f" Mean {fmean(scores):.2f}, median {median(scores):.2f} of {most:g} points."


def _row(one: _Few, link: str) -> tuple[Any, ...]:
    name = _Markup(f'<a href="{escape(link)}">{escape(one.id)}</a>') if link else one.id
    return name, one.name, f"{one.score:g}", f"{one.most:g}", one.told


class _Markup(str):
    """Text that is HTML."""


Mistake = tuple[str, str]
"""Its code, and where it is."""


class _Class:
    """What is added up while results are read one after the other."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.judged: Counter[str] = Counter()
        self.shares: dict[str, list[float]] = {}
        self.mistakes: dict[str, dict[Mistake, list[str]]] = {weight: {} for weight in WEIGHTS}
        self.dropped: dict[str, None] = {}

    def take(self, result: Result) -> _Few:
        """Adds a result; what the page needs of itself."""
        one = _Few(result)
        self.dropped.update((case["id"], None) for case in result.get("without", ()))
        if one.status != "graded" or one.withdrawn:
            return one
        for case in result["cases"]:
            self.right[case["id"]] += case["status"] == "passed"
            self.judged[case["id"]] += case["status"] in ("passed", "failed")
        for part in parts(result):
            score, count = self.shares.setdefault(part["title"], [0.0, 0])
            share = part["score"] / part["max_score"] if part["max_score"] else 1.0
            self.shares[part["title"]] = [score + share, count + 1]
        for weight, mistakes in one.mistakes.items():
            for key in mistakes:
                self.mistakes[weight].setdefault(key, []).append(one.id)
        return one

    def questions(self) -> list[tuple[str, str]]:
        """The mean share of the points of each question."""
        return [(title, f"{total / count:.0%}") for title, (total, count) in self.shares.items()]

    def cases(self) -> list[tuple[Any, ...]]:
        """How many have each case right, the fewest first."""
        rows = [(id, self.right[id], judged) for id, judged in self.judged.items()]
        rows.sort(key=lambda row: (row[1] / row[2] if row[2] else 2.0, row[0]))
        return [(*row, f"{row[1] / row[2]:.0%}" if row[2] else "") for row in rows]

    def counts(self, weight: str) -> Counter[Mistake]:
        """How many have made each mistake."""
        return Counter({key: len(ids) for key, ids in self.mistakes[weight].items()})

    def whose(self, key: Sequence[str]) -> str:
        """Who has made a mistake, the first ones of many."""
        own = (mistakes.get((key[0], key[1]), []) for mistakes in self.mistakes.values())
        return some(sorted(id for ids in own for id in ids), MOST_NAMES)


def _most(counts: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """The most frequent, those that are equally so in the order of their names."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(*names, count) for names, count in ordered[:MOST_ROWS]]


class _Few:
    """What the page needs of a result; a class may be large."""

    def __init__(self, result: Result) -> None:
        self.id, self.status = str(result["engine"]), str(result["status"])
        self.withdrawn = bool(result.get("withdrawn"))
        parts = [self.status, *[WITHDRAWN] * self.withdrawn, *["late"] * bool(result.get("late"))]
        parts += ["set by the instructor"] * ("rulings" in result)
        problem = str(result["problem"]).partition("\n")[0]
        self.told = ", ".join(parts) + (f": {problem}" if result["problem"] else "")
        people = result.get("people", ())
        self.name = ", ".join(str(one["name"]) for one in people if one.get("name"))
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
        first, *rest = (item if isinstance(item, _Markup) else escape(str(item)) for item in row)
        cells = "".join(f"<td>{item}</td>" for item in rest)
        yield f'<tr><th scope="row">{first}</th>{cells}</tr>'
    yield "</tbody></table></div>"
