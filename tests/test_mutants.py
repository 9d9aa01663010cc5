"""The suite lets no broken rule through: every mutant of minigrad turns a case red."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import yaml
from mutants import Mutant, build, executed, mutants
from sweeps import sweep
from truths import short

from harness.engines.adapter import ObjectEngine
from harness.engines.loading import load as load_engine
from harness.engines.trace import Trace
from harness.judging.judge import judge
from harness.language.case import Case

SECONDS = 5.0
"""Of the processor's time, for one case: a thousand times what minigrad takes."""

EQUIVALENT: dict[str, str] = {
    mutant: reason
    for reason, equals in yaml.safe_load(
        (Path(__file__).parent / "equivalent_mutants.yaml").read_text(encoding="utf-8")
    ).items()
    for mutant in equals
}
"""Mutants that compute the same, with the reason."""

needs_a_timer = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="there is no timer of processor time here"
)


@cache
def suite() -> list[tuple[Case, Trace]]:
    """Every case with its truth, small ones first, without the deep ones."""
    return sorted(short(), key=lambda pair: sum(v.size for v in pair[1].values.values()))


@cache
def users() -> dict[tuple[str, str], list[tuple[Case, Trace]]]:
    """For each definition of minigrad, the cases that run it; the others cannot tell."""
    engine = load_engine("minigrad")
    found: dict[tuple[str, str], list[tuple[Case, Trace]]] = {}
    for case, truth in suite():
        for place in executed(lambda case=case: engine.run(case.program)):  # type: ignore[misc]
            found.setdefault(place, []).append((case, truth))
    return found


def told_by(mutant: Mutant) -> list[tuple[Case, Trace]]:
    """The cases that can tell a mutant."""
    return users().get((mutant.file, mutant.place)) or suite()


class Endless(BaseException):
    """A mutant that does not come to an end."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raises :class:`Endless` in what takes more of the processor's time."""

    def ring(*_: object) -> None:
        raise Endless(f"no end within {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def is_red(engine: ObjectEngine, case: Case, truth: Trace) -> bool:
    """Whether the case is judged to have failed, or to be right by another convention. What the
    engine raises is in its trace, and so is :class:`Endless`; raised anywhere else, both are the
    harness' own failure."""
    with limit(SECONDS):
        trace = engine.run(case.program)
    verdict = judge(case, truth, trace)
    return bool(not verdict.passed or verdict.choices)


def is_killed(mutant: Mutant) -> bool:
    cases, engine = told_by(mutant), build(mutant)
    return any(is_red(engine, case, truth) for case, truth in cases)


EVERY = {str(mutant): mutant for mutant in mutants()}


@needs_a_timer
@sweep("mutant", [one for one in EVERY if one not in EQUIVALENT], always=40, sample=100)
def test_a_mutant_is_killed(mutant: str) -> None:
    assert is_killed(EVERY[mutant])


@needs_a_timer
@sweep("mutant", EQUIVALENT, always=2, sample=8)
def test_an_equivalent_mutant_survives(mutant: str) -> None:
    assert not is_killed(EVERY[mutant]), "this one is told, and so is no equivalent"


def test_there_are_many_mutants_and_few_of_them_are_equivalent() -> None:
    assert len(EVERY) == len(mutants()) >= 800
    assert EQUIVALENT.keys() <= EVERY.keys()
    assert len(EQUIVALENT) <= 0.1 * len(EVERY)


class Value:
    """Adds for ever."""

    def __init__(self, data: float) -> None:
        self.data = data

    def __add__(self, other: Value) -> Value:
        while True:
            pass


@needs_a_timer
def test_what_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "SECONDS", 0.1)
    (case,) = (pair for pair in suite() if pair[0].path.stem == "add")
    assert is_red(ObjectEngine(Value), *case)


@needs_a_timer
def test_an_exception_of_the_harness_is_no_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the harness is broken")

    monkeypatch.setitem(globals(), "judge", broken)
    with pytest.raises(RuntimeError, match="the harness is broken"):
        is_killed(next(iter(EVERY.values())))
