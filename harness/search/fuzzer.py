"""The search itself: programs drawn by Hypothesis, judged, and shrunk, one mistake at a time."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from random import Random
from typing import Final

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.database import ExampleDatabase, InMemoryExampleDatabase
from hypothesis.errors import Flaky, HypothesisWarning, NoSuchExample

from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.trace import Trace, Undefined
from harness.judging.codes import CODES, EDGE
from harness.judging.findings import Finding, Key, gather, keys
from harness.judging.mistakes import ENGINE
from harness.judging.precision import examined
from harness.judging.symptoms import Symptom, symptoms
from harness.judging.verdict import Verdict
from harness.language.case import Case, CaseError, decode
from harness.language.writing import case_text
from harness.search.conditioning import is_ill_conditioned
from harness.search.grammar import Menu, programs, single
from harness.search.shrinking import smaller
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS

ROUND: Final = 5_000
"""So many programs are drawn before Hypothesis starts anew: it remembers all of them."""

VARIANTS: Final = 40
"""So many programs of each operation by itself come first."""

PROBES: Final = 60
SCALAR_PROBES: Final = 5
"""So many programs of an operation are tried before an engine is said to lack it."""

FOCUS: Final = 300
"""So many programs are drawn to make one of these smaller."""

GRACE: Final = 5.0
"""Seconds beyond its time that a search may take to shrink what it has just found."""

STEPS_APART: Final = 100_000
"""What a step counts for, against a character of its text, when programs are compared by size."""

EDGE_APART: Final = 10**12

SETTINGS: Final = settings(
    database=None,  # it keeps none for a search with a seed
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


class _Over(KeyboardInterrupt):
    """The time, or the number of programs, is used up. (Hypothesis lets nothing else through.)"""


class _Failed(KeyboardInterrupt):
    """The harness itself has failed, as its cause says: Hypothesis would take that for what it
    looks for, or for nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A program that an engine has wrong, the smallest that was met with, and its symptoms.

    ``key`` is the mistake that it was shrunk for.
    """

    id: str
    verdict: Verdict
    symptoms: tuple[Symptom, ...]
    key: Key = ("", "", "")

    @property
    def program(self) -> Program:
        return self.verdict.case.program

    @property
    def size(self) -> int:
        """That of the program; one in which an edge alone shows is larger than any other."""
        codes = [symptom.mistakes[0].code for symptom in self.symptoms]
        is_edge = all(CODES[code].weight == EDGE for code in codes)
        return size(self.program) + is_edge * EDGE_APART


@dataclass(slots=True)
class Counts:
    """What a search has done so far. ``unsupported`` programs have what the engine lacks."""

    programs: int = 0
    passed: int = 0
    unsupported: int = 0
    ill_conditioned: int = 0
    undefined: int = 0


class Fuzzer:
    """A search for an engine's mistakes.

    ``menu`` says what programs are made of, ``seed`` which they are. ``known`` are the symptoms of
    cases that are there already: their mistakes are not searched for. ``database`` keeps what was
    found and not yet told, for the next search under ``name``. ``tell`` is called
    before each program with what the search is doing.
    """

    def __init__(
        self,
        engine: Engine,
        menu: Menu,
        seed: int,
        name: str = "",
        known: Iterable[Symptom] = (),
        database: ExampleDatabase | None = None,
        tell: Callable[[str], None] = lambda doing: None,
    ) -> None:
        self.engine, self.menu, self.seed = engine, menu, seed
        self.name, self.tell = f"fuzz {name}".encode(), tell
        self.known = tuple(known)
        self.database = InMemoryExampleDatabase() if database is None else database
        self.counts = Counts()
        self.found: list[Found] = []
        self.deadline = float("inf")
        self.most = float("inf")
        self._explained: set[Key] = {finding.key for finding in self.findings()}
        self._target: Key | None = None
        self._best: Found | None = None
        self.interrupted = False

    def findings(self) -> list[Finding]:
        """The mistakes behind all that is known and was found."""
        told = [*self.known, *(symptom for found in self.found for symptom in found.symptoms)]
        return gather(told)

    def finding(self, found: Found) -> Finding:
        """The mistake that a program was shrunk for, in the light of all that was found."""
        every = [*self.findings(), *gather(found.symptoms)]
        own = [finding for finding in every if finding.evidence == found.id]
        return next((finding for finding in own if finding.key == found.key), own[0])

    def run(self, seconds: float = float("inf"), most: float = float("inf")) -> Iterator[Found]:
        """Searches for so long, or through so many programs; each mistake once it is shrunk.

        What was found when it is interrupted is yielded as it is; the interruption is raised again
        after that.
        """
        self.deadline, self.most = time.monotonic() + seconds, most
        for attempt in self._attempts():
            self._target = self._best = None
            self.tell("searching")
            stopped: KeyboardInterrupt | None = None
            try:
                attempt()
            except KeyboardInterrupt as interruption:
                stopped = interruption
            if self._best is not None:
                self._forget()
                self.found.append(self._best)
                self._explained |= {self._best.key, *(finding.key for finding in self.findings())}
                yield self._best
            if isinstance(stopped, _Over):
                return
            if isinstance(stopped, _Failed) and stopped.__cause__ is not None:
                raise stopped.__cause__
            if stopped is not None:
                raise stopped

    def _attempts(self) -> Iterator[Callable[[], None]]:
        """What an earlier search has found, and was killed before it was told; every operation by
        itself; then programs of all kinds, for one mistake after the other."""
        for program in chain(self._unfinished(), self._single_steps()):
            yield partial(self._alone, program)
        for number in count():
            yield partial(self._search, self.menu, str(number), ROUND)

    def _unfinished(self) -> Iterator[Program]:
        for text in sorted(self.database.fetch(self.name)):
            with suppress(CaseError):
                yield decode(text.decode(), Path("unfinished.yaml")).program

    def _single_steps(self) -> Iterator[Program]:
        for variant in range(VARIANTS):
            for op in dict.fromkeys((*self.menu.arrays, *self.menu.scalars)):
                program = single(Random(f"{self.seed} {op} {variant}"), self.menu.only(op))
                if program is not None:
                    yield program

    def _alone(self, program: Program) -> None:
        """Tries one program; if it is wrong, Hypothesis looks for the smallest of its kind."""
        if self._is_wrong(program):
            self._search(self.menu.only(*(step.op for step in program.steps)), "alone", FOCUS)

    def _search(self, menu: Menu, name: str, most: int) -> None:
        """Lets Hypothesis search, and shrink what it finds."""
        random = Random(f"{self.seed} {name}")
        # Flaky: an earlier graph had a part in it; the program is kept as it was.
        with suppress(NoSuchExample, Flaky), warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)  # of what is long to print
            find(
                programs(menu),
                self._is_wanted,
                settings=settings(SETTINGS, max_examples=most),
                random=random,
            )
        self._shrink()

    def _is_wanted(self, program: Program) -> bool:
        """As :meth:`_is_wrong`, for Hypothesis."""
        try:
            return self._is_wrong(program)
        except Exception as error:
            raise _Failed from error

    def _remember(self, program: Program) -> None:
        self.database.save(self.name, case_text("unfinished", program).encode())

    def _forget(self) -> None:
        for text in list(self.database.fetch(self.name)):
            self.database.delete(self.name, text)

    def _is_wrong(self, program: Program) -> bool:
        """Whether the engine has the program wrong in a way that is not explained yet."""
        found = self._tried(program)
        if found is None:
            return False
        new = self._new(program, found)
        if not new or (self._target is not None and self._target not in new):
            return False
        if is_ill_conditioned(found.verdict):
            self.counts.ill_conditioned += 1
            return False
        if self._target is None:
            self._target = new[0]
        if self._best is None or found.size <= self._best.size:
            self._best = replace(found, key=self._target)
            self._remember(program)
        return True

    def _new(self, program: Program, found: Found) -> list[Key]:
        """The likeliest mistake behind each symptom that no known one explains.

        A known mistake may have a part in all that comes after it. So a program that has an
        operation with one tells nothing of other operations, and where the machinery has one, only
        what reproduces the number counts.
        """
        known = {op for op, _, _ in self._explained} - {ENGINE}
        ops = {step.op for step in program.steps}
        if len(ops) > 1 and ops & known:
            return []
        unsure = any(op == ENGINE for op, _, _ in self._explained)
        new = []
        for symptom in found.symptoms:
            told = keys(symptom)
            is_exact = any(one.exact for one in symptom.mistakes)
            explained = self._explained.intersection(told)
            if explained and symptom.direction == "forward":
                break  # which spoils what comes back, too
            if not explained and (is_exact or not unsure):
                new.append(told[0])
        return new

    def _shrink(self) -> None:
        """Goes on where Hypothesis has no smaller program, for as long as there is one."""
        best, size_before = self._best, float("inf")
        while best is not None and best.size < size_before:
            size_before = best.size
            for program in smaller(best.program, best.verdict.truth):
                if size(program) < size_before and self._is_wrong(program):
                    best = self._best
                    if best is not None and best.size < size_before:
                        break

    def _tried(self, program: Program) -> Found | None:
        """The program as found wrong, if only by rounding; None where it is right, or cannot be
        judged. Raises :class:`_Over` where there is no time to try it."""
        late = time.monotonic() - self.deadline
        if late > (0 if self._target is None else GRACE) or (
            self._target is None and self.counts.programs >= self.most
        ):
            raise _Over
        if self.interrupted:
            raise KeyboardInterrupt
        self.counts.programs += 1
        self.tell("searching" if self._target is None else "shrinking")
        name = f"found/{len(self.found) + 1}"
        case = Case(Path(f"{name}.yaml"), "", program)
        try:
            verdict = examined(self.engine, case, self.truth(program), "torch")
        except Undefined:
            self.counts.undefined += 1
            return None
        if verdict.passed:
            self._count_passed(verdict)
            return None
        told = symptoms(verdict, name)
        return Found(name, verdict, tuple(told)) if told else None

    def truth(self, program: Program) -> Trace:
        """What an engine is held against. Raises :class:`Undefined` where there is no truth."""
        return reference.evaluate(program)

    def _count_passed(self, verdict: Verdict) -> None:
        if verdict.forward.status == "unsupported":
            self.counts.unsupported += 1
            return
        self.counts.passed += 1


def size(program: Program) -> int:
    """How large a program is: by its steps first, then by its text."""
    return len(program.steps) * STEPS_APART + len(case_text("", program))


def menu_of(engine: Engine, ops: Iterable[str] = tuple(OPERATIONS), order: int = 1) -> Menu:
    """Those of the operations that the engine has, found out by small programs of each."""
    every = Menu(tuple(ops), (), order), Menu((), tuple(ops), order)
    scalars, arrays = (
        tuple(op for op in ops if any(_supports(engine, p) for p in _probes(menu.only(op))))
        for menu in every
    )
    return Menu(scalars, arrays, order)


def _probes(menu: Menu) -> Iterator[Program]:
    """Programs of one step, on a number or on arrays of all shapes."""
    for variant in range(PROBES if menu.arrays else SCALAR_PROBES):
        program = single(Random(variant), menu)
        if program is not None and program.scalar != bool(menu.arrays):
            yield program


def _supports(engine: Engine, program: Program) -> bool:
    """Whether an engine has what a program is made of; what fails, or hangs, is there."""
    return engine.run(program).unsupported is None
