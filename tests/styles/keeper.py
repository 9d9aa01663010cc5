"""Lets the harness look at engines of many styles, and at the mistakes made in them by program."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from truths import name_of, short

from harness.engines.clock import OutOfTime, clock
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.judging.codes import CODES, CONVENTION
from harness.judging.precision import examined
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language.case import Case
from styles.labels import Label
from styles.mutations import Mutant, mutants

FOLDER = Path(__file__).resolve().parent
STYLES = {path.stem: path for path in sorted((FOLDER / "engines").glob("*.py"))}
HELDOUT = {path.stem: path for path in sorted((FOLDER / "heldout").glob("*.py"))}

CASE_SECONDS = 3.0
"""Of computing, for one case: a hundred times what any of the engines takes for the longest."""

ENDLESS = 3
"""After so many cases without an end the others are left out."""

SECONDS = 90.0
"""Of computing, for one engine on all cases."""


@dataclass(frozen=True)
class Told:
    """What was said of an engine: every finding, its choices of other conventions than the right
    engine's, with a weight as those have, and how the cases ended."""

    findings: tuple[dict[str, Any], ...]
    statuses: Mapping[str, int]
    seconds: float
    endless: int = 0

    @property
    def caught(self) -> bool:
        """Whether a case failed, did not come to an end, or is right by another convention."""
        chosen = len(self.against) < len(self.findings)
        return bool(self.statuses.get("failed") or self.endless or chosen)

    @property
    def against(self) -> list[dict[str, Any]]:
        """The findings that are no conventions."""
        return [one for one in self.findings if one["weight"] != CONVENTION]

    def placed(self, label: Label) -> bool:
        """Whether the first finding has the operation and the direction."""
        return any(_at(label, finding) for finding in self._first(label))

    def named(self, label: Label) -> bool:
        """Whether it has one of the right codes, too."""
        return any(
            _at(label, finding) and finding["code"] in label.codes for finding in self._first(label)
        )

    def only(self, label: Label) -> bool:
        """Whether nothing else is said."""
        return all(_at(label, finding) for finding in self.against)

    def _first(self, label: Label) -> list[dict[str, Any]]:
        """The finding that comes first; of an engine that does no more than choose another
        convention, the first of any kind."""
        choice = any(CODES[code].weight == CONVENTION for code in label.codes)
        return (self.against or (list(self.findings) if choice else []))[:1]


def _at(label: Label, finding: dict[str, Any]) -> bool:
    return bool((finding["op"], finding["direction"]) == (label.op, label.direction))


@dataclass(frozen=True)
class Ground:
    """A right engine: its text, and for each case that it has all operations for, its verdict and
    the lines of the engine that were run."""

    name: str
    path: Path
    text: str
    conventions: tuple[str, ...]
    cases: tuple[tuple[Case, Trace, Verdict, frozenset[int]], ...]


@cache
def ground(path: Path) -> Ground:
    """The right engine in a file, run once."""
    engine = load(str(path))
    cases = []
    for case, truth in short():
        with lines_run(path) as lines:
            verdict = examined(engine, case, truth)
        if any(judged.status != "unsupported" for judged in verdict.directions.values()):
            cases.append((case, truth, verdict, frozenset(lines)))
    text = path.read_text(encoding="utf-8")
    return Ground(path.stem, path, text, conventions(engine), tuple(cases))


def conventions(engine: Engine) -> tuple[str, ...]:
    """How an engine is used, without what its operations give."""
    kinds = ("class", "leaf", "value", "gradient", "backward")
    return tuple(line for line in engine.describe() if line.startswith(kinds))


@contextmanager
def lines_run(path: Path) -> Iterator[set[int]]:
    """The lines of a file that are run in the meantime."""
    lines: set[int] = set()

    def local(frame: FrameType, event: str, _: object) -> Any:
        lines.add(frame.f_lineno)
        return local

    def every(frame: FrameType, event: str, _: object) -> Any:
        if Path(frame.f_code.co_filename).name != path.name:
            return None
        lines.add(frame.f_lineno)
        return local

    before = sys.gettrace()
    sys.settrace(every)
    try:
        yield lines
    finally:
        sys.settrace(before)


@cache
def of_style(path: Path) -> dict[str, Mutant]:
    """The mutants of one engine by their names."""
    return {mutant.name: mutant for mutant in mutants(path.read_text(encoding="utf-8"))}


def changed_lines(before: str, after: str) -> set[int]:
    """The lines of ``before`` from the first to the last that is another one in ``after``."""
    old, new = before.splitlines(), after.splitlines()
    first = next(i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    last = next(
        i for i, pair in enumerate(zip(old[::-1], new[::-1], strict=False)) if pair[0] != pair[1]
    )
    return set(range(first + 1, max(first + 1, len(old) - last) + 1))


def look(path: Path, mutant: Mutant, folder: Path) -> Told:
    """What is said of a mutant. A case that does not run what was changed has the right engine's
    verdict, as long as both are used in the same way."""
    return judged(*_placed(path, mutant, folder))


def is_caught(path: Path, mutant: Mutant, folder: Path, minimal: bool = False) -> bool:
    """Whether a case tells a mutant from its engine, by failing, by another convention, or as a
    pass that the engine is given credit for and the mutant is not: the first one that does is
    enough. ``minimal``: one for engines that have the mutated operation, add and mul, and no
    others."""
    place, right, changed = _placed(path, mutant, folder)
    if minimal:
        ops = {mutant.label.op, "add", "mul"}
        right = replace(right, cases=tuple(one for one in right.cases if _ops(one[0]) <= ops))
    own = choices_of(right)
    credit = {name_of(case.path): _credit(verdict) for case, _, verdict, _ in right.cases}
    return any(
        verdict is None
        or not verdict.passed
        or _chosen(name, verdict) - own
        or credit[name] - _credit(verdict)
        for name, verdict in _verdicts(place, right, changed)
    )


def _ops(case: Case) -> set[str]:
    return {step.op for step in case.program.steps}


def _credit(verdict: Verdict) -> set[str]:
    """The passes that count as passed."""
    return {name for name, judged in verdict.directions.items() if judged.status == "passed"}


def _chosen(name: str, verdict: Verdict) -> set[tuple[str, str, str, str]]:
    """The conventions that a verdict tells of: the case, the pass, the operation, and the code."""
    return {(name, direction, one.op, one.code) for direction, one in verdict.choices}


def choices_of(right: Ground) -> set[tuple[str, str, str, str]]:
    """Those of the right engine itself."""
    told = (_chosen(name_of(case.path), verdict) for case, _, verdict, _ in right.cases)
    return set().union(*told)


def _placed(path: Path, mutant: Mutant, folder: Path) -> tuple[Path, Ground, set[int]]:
    """A mutant in a file, its right engine, and the lines of that which are changed."""
    right, place = ground(path), folder / path.name
    place.write_text(mutant.text, encoding="utf-8")
    return place, right, changed_lines(right.text, mutant.text)


def in_time(engine: Engine, case: Case, truth: Trace) -> Verdict | None:
    """The verdict; None where the engine does not come to an end."""
    try:
        with clock(CASE_SECONDS) as told:
            verdict = examined(engine, case, truth)
    except OutOfTime:
        return None
    return None if told else verdict


def _verdicts(
    place: Path, right: Ground, changed: set[int]
) -> Iterator[tuple[str, Verdict | None]]:
    """The verdict on each case, or None where there is no end, until that is so of too many."""
    begin, endless = time.process_time(), 0
    engine = load(str(place))
    everything = conventions(engine) != right.conventions
    for case, truth, verdict, lines in right.cases:
        answer: Verdict | None = verdict
        if everything or lines & changed:
            if endless >= ENDLESS or time.process_time() - begin > SECONDS:
                continue
            answer = in_time(engine, case, truth)
            endless += answer is None
        yield name_of(case.path), answer


def judged(place: Path, right: Ground, changed: set[int]) -> Told:
    """What is said of the engine in a file on the cases of a right one."""
    begin = time.process_time()
    verdicts = list(_verdicts(place, right, changed))
    report = as_json(place.name, [(name, one) for name, one in verdicts if one is not None])
    statuses = Counter(one["status"] for one in report["cases"])
    endless = sum(one is None for _, one in verdicts)
    own = choices_of(right)
    others = [
        {**one, "weight": CONVENTION}
        for one in report["remarks"]
        if any((case, one["direction"], one["op"], one["code"]) not in own for case in one["cases"])
        and one["code"] is not None
    ]
    said = (*report["findings"], *others)
    return Told(said, statuses, time.process_time() - begin, endless)
