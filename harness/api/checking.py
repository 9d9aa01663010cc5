"""An engine judged: on the suite, on cases of one's own, or on one expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from os import PathLike
from typing import Any, Final

from harness.api.arguments import need_seconds, paths
from harness.api.cases import Case, Expression, case_of
from harness.api.progress import following
from harness.api.questions import Cases, Judged, Question, judged
from harness.api.shown import Shown
from harness.api.subjects import subject
from harness.api.words import said
from harness.grading.fence import TIMEOUT
from harness.judging.diagnosis import explain
from harness.judging.missing import why_nothing
from harness.judging.oracle import ORACLES, Oracle, asked_for, lacks_torch, no_torch
from harness.judging.result import as_json
from harness.language import suite
from harness.language.levels import chosen, level_named
from harness.showing.findings import describe_finding
from harness.showing.headline import headline
from harness.showing.lines import plain, room, wrapped
from harness.showing.result import as_text
from harness.showing.terminal import describe_failure
from harness.showing.words import say
from harness.vocabulary.program import DTYPES


@dataclass(frozen=True, slots=True)
class Level:
    """How many cases of a level are passed, failed, or not judged for what the engine lacks."""

    passed: int
    failed: int
    unsupported: int

    @property
    def total(self) -> int:
        """All cases of the level."""
        return self.passed + self.failed + self.unsupported


@dataclass(frozen=True, repr=False)
class Outcome(Shown):
    """What has become of one case: ``status`` is ``passed``, ``failed`` or ``unsupported``, and
    ``reason`` says why it was not judged. True where it is passed."""

    id: str
    level: str
    status: str
    score: float
    max_score: float
    reason: str | None
    engine: str = field(repr=False)
    judged: Judged = field(repr=False)

    def __bool__(self) -> bool:
        return self.status == "passed"

    def text(self, columns: int) -> str:
        """The passes that are wrong, with their numbers; or that none is."""
        return "\n".join(_about_case(self, room(columns)))

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        return notebook.case_of(_entry(self.id, self.judged), self.engine)


@dataclass(frozen=True, repr=False)
class Finding(Shown):
    """One mistake, over all cases: its ``code`` (``harness.explain(code)`` says what that means),
    the operation that has it, or ``engine``, the pass, and the ``operand`` whose derivative is
    wrong where it is one only. ``evidence`` is the smallest case that shows it, ``repro`` are lines
    to try it, ``cost`` the points that it loses, and ``weight`` is ``mistake``, ``edge`` or
    ``convention``."""

    code: str
    op: str
    direction: str
    operand: str
    message: str
    hint: str
    evidence: str
    cases: tuple[str, ...]
    cost: float
    weight: str
    place: str
    repro: str
    told: Mapping[str, Any] = field(repr=False)
    outcome: Outcome = field(repr=False)

    def text(self, columns: int) -> str:
        """What the command says of it."""
        return plain(describe_finding(1, self.told, room(columns)))

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        entry = _entry(self.evidence, self.outcome.judged)
        return notebook.finding(self.told, entry, self.outcome.engine)


SAID: Final = [one.name for one in fields(Finding) if one.name not in ("told", "outcome")]


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """What was found of an engine. True where nothing is wrong, and something was judged."""

    engine: str
    origin: str
    notes: Sequence[str]
    judged: Sequence[Judged] = field(repr=False)

    @cached_property
    def json(self) -> Mapping[str, Any]:
        """Everything as plain data, as ``harness check --json`` writes it."""
        return as_json(self.engine, ((case.id, verdict) for case, _, verdict in self.judged))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The fewest mistakes that explain all failures, the one that costs most first."""
        every = {outcome.id: outcome for outcome in self.cases}
        return tuple(
            Finding(**{key: one[key] for key in SAID}, told=one, outcome=every[one["evidence"]])
            for one in self.json["findings"]
        )

    @cached_property
    def cases(self) -> tuple[Outcome, ...]:
        """What has become of each case."""
        keys = ("id", "level", "status", "score", "max_score", "reason")
        return tuple(
            Outcome(**{key: one[key] for key in keys}, engine=self.engine, judged=own)
            for one, own in zip(self.json["cases"], self.judged, strict=True)
        )

    @property
    def score(self) -> float:
        """The points of all cases."""
        return float(self.json["score"])

    @property
    def max_score(self) -> float:
        """The points that there are."""
        return float(self.json["max_score"])

    @cached_property
    def by_level(self) -> Mapping[str, Level]:
        """How far the engine has come, by the names of the levels, the lowest first."""
        return {
            one["level"]: Level(one["passed"], one["failed"], one["unsupported"])
            for one in self.json["levels"]
        }

    def __bool__(self) -> bool:
        return not self.json["findings"] and why_nothing(self.json) is None

    def text(self, columns: int) -> str:
        """What the command prints; of a single case that case itself."""
        head = [part for line in self._head() for part in wrapped(line, columns, 2)]
        if len(self.cases) == 1:
            return "\n".join([*head, *_about_case(self.cases[0], room(columns))])
        reason = why_nothing(self.json)
        tail = [f"{self.engine}: {reason}"] if reason else []
        return "\n".join([*head, as_text(self.json, columns), *tail])

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        if len(self.cases) == 1:
            one = self.cases[0]
            return notebook.case_of(_entry(one.id, one.judged), self.engine, self._head())
        entries = [_entry(one.evidence, one.outcome.judged) for one in self.findings]
        return notebook.result(self.engine, self.json, entries, self._head())

    def _head(self) -> Sequence[str]:
        """Where the engine was found, and what else is to be known of that."""
        return [said("engine", origin=self.origin), *self.notes]


def _entry(id: str, judged: Judged) -> Any:
    from harness.showing.report.sections import Entry

    return Entry(id, *judged)


def _about_case(outcome: Outcome, width: int) -> Iterator[str]:
    """The failed passes of a case; or the case, and why nothing is wrong with it."""
    case, _, verdict = outcome.judged
    failed = [name for name, own in verdict.directions.items() if own.status == "failed"]
    for direction in failed:
        explanation = explain(verdict, direction)
        more = [] if explanation is None else [say("explained", code=explanation.mistake.code)]
        yield plain(describe_failure(verdict, direction, outcome.id, outcome.engine, more, width))
    if failed:
        return
    yield from headline(case, "backward", width=width)
    agrees = {name: own.status == "passed" for name, own in verdict.directions.items()}
    if all(agrees.values()):
        yield said("every-step-agrees")
    elif any(agrees.values()):
        for name, own in verdict.directions.items():
            yield f"{name}: " + (
                said("step-agrees") if agrees[name] else said("not-judged-note", note=own.note)
            )
    else:
        yield said("not-judged", reason=outcome.reason)


# -- judging ---------------------------------------------------------------------------------------


def check(
    engine: object,
    expression: Expression | Case | None = None,
    /,
    *,
    cases: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    level: str | int | None = None,
    upto: str | int | None = None,
    oracle: str | None = None,
    dtype: str | None = None,
    timeout: float = TIMEOUT,
    in_process: bool = False,
    **inputs: Any,
) -> Result:
    """Judges an engine against torch, step by step.

    ``engine`` is a class (also one of this notebook), an instance of it, a module, a path such as
    ``"my_engine.py"`` or ``"my_engine.py:Value"``, or a name such as ``"peer:micrograd"``. With an
    expression it is judged on that alone: ``check(Value, "x * y + x", x=3, y=-4)``; otherwise on
    the suite, or on ``cases``, a folder or several; of these on one ``level`` of the ladder, or
    ``upto`` one. The engine runs in a process of its own, with ``timeout`` seconds for each case;
    ``in_process`` runs it in this very one, for a debugger.

    Raises ``EngineError`` where there is no engine, and ``ValueError``, ``TypeError`` or
    ``FileNotFoundError`` for cases that are none.
    """
    who = subject(engine)
    if expression is None and inputs:
        told = said("no-option", next=next(iter(inputs)))
        raise TypeError(said("expression-before", told=told))
    own = None if expression is None else case_of(expression, inputs)
    if own is not None:
        _no_choice(cases=cases, level=level, upto=upto, oracle=oracle)
    _possible(oracle, dtype, timeout)
    there = None if own else _cases(cases, level, upto, oracle, who.name)
    ran = who.engine(timeout, in_process)
    ran.dtype = dtype
    questions: Iterator[Question] = iter([(own.own, own.truth)]) if own else iter(there or ())
    outcomes = list(judged(ran, questions, None if there is None else there.oracle.kind))
    if there is not None and there.broken:
        raise ValueError("\n".join(there.broken))
    return Result(who.name, ran.origin, tuple(ran.notes), outcomes)


def _possible(oracle: str | None, dtype: str | None, timeout: float) -> None:
    """Raises ValueError for a wish that cannot be granted."""
    for what, wish, known in (("oracle", oracle, ORACLES), ("dtype", dtype, DTYPES)):
        if wish not in (None, *known):
            there = said("and").join(map(repr, known))
            raise ValueError(said("there-is", what=what, wish=wish, known=there))
    if lacks_torch(oracle):
        raise ValueError(no_torch())
    need_seconds(timeout)


def _no_choice(**wishes: object) -> None:
    """Raises TypeError for a wish about the cases of files."""
    for name, wish in wishes.items():
        if wish not in (None, ()):
            raise TypeError(said("but-one", name=name, wish=wish))


def _cases(
    places: str | PathLike[str] | Sequence[str | PathLike[str]],
    level: str | int | None,
    upto: str | int | None,
    oracle: str | None,
    engine: str,
) -> Cases:
    levels = chosen(
        [] if level is None else [level_named(str(level))],
        None if upto is None else level_named(str(upto)),
    )
    sources = suite.find(paths("cases", places))
    return Cases(sources, Oracle(asked_for(oracle, engine)), levels=levels, following=following)
