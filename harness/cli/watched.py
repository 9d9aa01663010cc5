"""What is watched, judged again and again: an engine, staged code, or an assignment.

Each gives views, one after the other while it is judged: first of what was wrong before, then of
the whole. What cannot be judged as it stands, half saved or gone, is for whoever looks to tell.
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from harness import languages
from harness.api.questions import Question, judged
from harness.assignment.reading import load
from harness.assignment.values import Assignment
from harness.cli import assigned, by_hand
from harness.cli.command import AGREES, COULD_NOT_RUN, FINDINGS, Stop, levels_of
from harness.cli.inputs import cases_of, engine_of
from harness.cli.words import said
from harness.engines.engine import Engine
from harness.grading import assigned as grading
from harness.grading.suite import Question as Asked
from harness.grading.suite import Suite
from harness.judging.codes import WEIGHTS
from harness.judging.missing import next_to_build
from harness.judging.mistakes import ENGINE
from harness.judging.oracle import Oracle, asked_for
from harness.judging.result import as_json
from harness.judging.standing import COUNTED, EDGES, told
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.language.levels import LEVELS
from harness.showing import by_hand as written
from harness.showing import words
from harness.showing.amounts import amount
from harness.showing.findings import describe_finding
from harness.showing.lines import Line

MOST_BEFORE: Final = 20
"""At most this many cases that failed before are judged before the ladder is climbed."""
MOST_ENTRIES: Final = 40
"""At most this many failed cases are on a page."""

Result = Mapping[str, Any]

Mistake = Callable[[int], Sequence[Line]]
"""What writes a mistake, in lines so wide."""


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen: a line, the mistakes, the cheapest to mend first, and what stands below
    them. It is ``whole`` where nothing more is judged unless that is asked for."""

    head: str = ""
    mistakes: Sequence[Mistake] = ()
    below: Sequence[str] = ()
    whole: bool = True
    status: int = COULD_NOT_RUN


class Subject(Protocol):
    """Something to be judged."""

    def views(self, further: Callable[[], bool]) -> Iterator[View | None]:
        """What is seen while it is judged, and None now and then in between. Where it would stop at
        a level that does not hold, it goes on if it is wanted ``further``."""

    def page(self) -> str:
        """The HTML page of what was judged last; raises Stop where there is none."""


def subject_of(given: Namespace) -> Subject:
    """What the command is given."""
    return Assigned(given) if given.engine is None else Written(given)


def become(id: str, right: bool) -> str:
    """What has become of a case that was wrong before."""
    return words.say("right-now" if right else "still-wrong", case=id)


def cheapest_first(findings: Iterable[Result], order: Mapping[str, int]) -> list[Result]:
    """Mistakes in the order in which they are best mended: what matters before edges, what the
    lowest case on the ladder shows, an operation before the engine's machinery, and what costs
    most."""
    return sorted(
        findings,
        key=lambda one: (
            WEIGHTS.index(one["weight"]),
            min((order[case] for case in one["cases"] if case in order), default=len(order)),
            one["op"] == ENGINE,
            -len(one["cases"]),
        ),
    )


class Written:
    """A file: an engine, or staged code; which of them, its text tells each time."""

    def __init__(self, given: Namespace) -> None:
        self.given, self.ladder = given, Ladder(given)
        self.hand: str | None = None

    def views(self, further: Callable[[], bool]) -> Iterator[View | None]:
        self.hand = by_hand.staged(self.given.engine)
        if self.hand is None:
            return self.ladder.views(further)
        return iter([self._staged(self.hand)])

    def _staged(self, text: str) -> View:
        verdict = by_hand.verdict(self.given.engine, text, self.given)
        mistakes, lines = list[Mistake](), list[Line]()
        for line in written.findings(verdict, text):
            if line:
                lines.append([(line, "" if lines else "wrong")])
            else:
                mistakes.append(partial(_as_it_is, lines))
                lines = []
        right = not verdict.wrong and verdict.stopped is None and not verdict.blanks
        return View("", mistakes, [written.summary(verdict)], status=AGREES if right else FINDINGS)

    def page(self) -> str:
        if self.hand is None:
            return self.ladder.page()
        return by_hand.report(self.given.engine, self.hand, self.given)


def _as_it_is(lines: Sequence[Line], width: int) -> Sequence[Line]:
    """Lines that are never folded."""
    return lines


@dataclass
class Ladder:
    """An engine on the ladder of cases, which are read once. ``verdicts`` are those of the last
    run, ``failed`` the ids of what was wrong when it was asked last, and ``shown`` is the case that
    shows the first mistake."""

    given: Namespace
    questions: Mapping[str, Question] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    shown: str = ""

    def views(self, further: Callable[[], bool]) -> Iterator[View | None]:
        engine = engine_of(self.given)  # first, as it is soon told what cannot be imported
        self._read()
        self.verdicts = {}
        if before := self._before():
            yield from self._judge(engine, before[:1])
            yield self._view(self._become(before[:1]), whole=False)
            yield from self._judge(engine, before[1:])
        for level in LEVELS:
            own = [id for id, (case, _) in self.questions.items() if case.level == level]
            yield from self._judge(engine, [id for id in own if id not in self.verdicts])
            if self.failed.intersection(own) and not further():
                yield self._view(self._become(before))
        yield self._view(self._become(before))

    def page(self) -> str:
        from harness.showing.report import page
        from harness.showing.report.sections import Entry

        wrong = [(id, one) for id, one in self.verdicts.items() if one.status == "failed"]
        if not wrong:
            raise Stop(said("nothing-for-page"))
        result = as_json(self.given.engine, self.verdicts.items())
        evidence = {finding["evidence"] for finding in result["findings"]}
        first = sorted(wrong, key=lambda pair: pair[0] not in evidence)[:MOST_ENTRIES]
        entries = [Entry(id, *self.questions[id], verdict) for id, verdict in first]
        return page(self.given.engine, entries, result)

    def _read(self) -> None:
        """Reads the cases, where that has not been done."""
        if not self.questions:
            oracle = Oracle(asked_for(self.given.oracle, self.given.engine))
            cases = cases_of(suite.find(self.given.cases), oracle, levels=levels_of(self.given))
            self.questions = {case.id: (case, truth) for case, truth in cases}
            if cases.broken:
                raise Stop("\n".join(cases.broken))

    def _before(self) -> list[str]:
        """What was wrong before, and first of it what was shown."""
        failed = [id for id in self.questions if id in self.failed]
        return sorted(failed, key=lambda id: id != self.shown)[:MOST_BEFORE]

    def _judge(self, engine: Engine, ids: Iterable[str]) -> Iterator[None]:
        asked = (self.questions[id] for id in ids)
        for case, _, verdict in judged(engine, asked, self.given.oracle):
            self.verdicts[case.id] = verdict
            self.failed -= {case.id}
            self.failed |= {case.id} if verdict.status == "failed" else set()
            yield None

    def _become(self, before: Sequence[str]) -> str:
        """What has become of what was wrong before."""
        right = [id for id in before if id not in self.failed]
        if not before:
            return ""
        if len(before) == 1:
            return become(before[0], bool(right))
        return words.say("were-wrong", right=len(right), count=len(before))

    def _view(self, head: str, whole: bool = True) -> View:
        result = as_json(self.given.engine, self.verdicts.items())
        findings = cheapest_first(
            result["findings"], {id: n for n, id in enumerate(self.questions)}
        )
        self.shown = findings[0]["evidence"] if findings else self.shown
        mistakes = [partial(describe_finding, n, one) for n, one in enumerate(findings, 1)]
        below = [*told(self._levels(result)), *self._build(result)] if whole else []
        return View(head, mistakes, below, whole, FINDINGS if findings else AGREES)

    def _levels(self, result: Result) -> list[dict[str, Any]]:
        """Every level with its cases, those too that were not asked in this run."""
        asked = Counter(self.questions[id][0].level for id in self.verdicts)
        every = Counter(case.level for case, _ in self.questions.values())
        own = {one["level"]: one for one in result["levels"]}
        none = dict.fromkeys((*COUNTED, EDGES), 0)
        rows = [{**none, "level": level, **own.get(level, {})} for level in LEVELS if every[level]]
        for row in rows:
            row["unsupported"] += every[row["level"]] - asked[row["level"]]
        return rows

    def _build(self, result: Result) -> Iterator[str]:
        """What to build next: what the lowest case on the ladder lacks that lacks anything."""
        lacking = {case: lack for lack in result["missing"] for case in lack["cases"]}
        if (first := next((id for id in self.questions if id in lacking), None)) is None:
            return
        level, lack = self.questions[first][0].level, lacking[first]
        count = sum(self.questions[id][0].level == level for id in lack["cases"])
        cases = amount(count, "case")
        yield words.say("build-next", what=languages.lack(lack["what"]), cases=cases, level=level)


@dataclass
class Assigned:
    """What is there of an assignment, whose questions are read when its file has changed. ``shown``
    is the case that shows the first mistake."""

    given: Namespace
    text: bytes = b""
    asked: tuple[Assignment, Suite] | None = None
    shown: str = ""

    def views(self, further: Callable[[], bool]) -> Iterator[View | None]:
        rules, every = self._read(Path(self.given.assignment))
        seen = tuple(one for one in every.questions if not one.hidden)
        if before := tuple(one for one in seen if one.id == self.shown):
            result = self._result(rules, replace(every, questions=before))
            head = become(before[0].id, not result["findings"])
            yield replace(self._view(result, before), head=head, whole=False)
        result = self._result(rules, replace(every, questions=seen))
        lacking = next_to_build(result["missing"]).splitlines()
        below = [*lacking, *assigned.table(result, rules)]
        yield replace(self._view(result, seen), below=below)

    def _result(self, rules: Assignment, asked: Suite) -> Result:
        given = Namespace(**vars(self.given), json=None, format=None)  # nothing is printed there
        return assigned.of_all(rules, asked, given, Path(self.given.assignment).parent)

    def _view(self, result: Result, seen: Sequence[Asked]) -> View:
        order = {one.id: number for number, one in enumerate(seen)}
        findings = cheapest_first(result["findings"], order)
        self.shown = findings[0]["evidence"] if findings else self.shown
        mistakes = [partial(describe_finding, n, one) for n, one in enumerate(findings, 1)]
        return View("", mistakes, status=FINDINGS if findings else AGREES)

    def _read(self, path: Path) -> tuple[Assignment, Suite]:
        text = path.read_bytes()
        if self.asked is None or text != self.text:
            rules = load(path)
            self.text, self.asked = text, (rules, grading.read(rules, self.given.oracle))
        return self.asked

    def page(self) -> str:
        raise Stop(said("page-of-one"))
