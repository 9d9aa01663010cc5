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

from harness.engines import reference
from harness.engines.loading import load as load_engine
from harness.engines.objects import ObjectEngine
from harness.engines.trace import Trace
from harness.judging.verdict import judge
from harness.language.case import Case, load

ROOT = Path(__file__).resolve().parent.parent / "cases"
SECONDS = 20

EQUIVALENT: dict[str, str] = {
    mutant: reason
    for reason, equals in yaml.safe_load(
        (Path(__file__).parent / "equivalent_mutants.yaml").read_text(encoding="utf-8")
    ).items()
    for mutant in equals
}
"""Mutants that compute the same, with the reason."""


@cache
def suite() -> list[tuple[Case, Trace]]:
    """Every case with its truth, small ones first, without the deep ones."""
    cases = [load(path, root=ROOT) for path in sorted(ROOT.rglob("*.yaml"))]
    pairs = [(c, reference.evaluate(c.program)) for c in cases if len(c.program.steps) <= 300]
    return sorted(pairs, key=lambda pair: sum(v.size for v in pair[1].values.values()))


@cache
def users() -> dict[tuple[str, str], list[tuple[Case, Trace]]]:
    """For each definition of minigrad, the cases that run it; the others cannot tell."""
    engine = load_engine("minigrad")
    found: dict[tuple[str, str], list[tuple[Case, Trace]]] = {}
    for case, truth in suite():
        for place in executed(lambda case=case: engine.run(case.program)):  # type: ignore[misc]
            found.setdefault(place, []).append((case, truth))
    return found


class TimeOut(BaseException):
    """A mutant that does not come to an end."""


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    def alarm(*_: object) -> None:
        raise TimeOut

    before = signal.signal(signal.SIGALRM, alarm)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def is_red(engine: ObjectEngine, case: Case, truth: Trace) -> bool:
    verdict = judge(case, truth, engine.run(case.program))
    passes = (verdict.forward, verdict.backward, verdict.second)
    return any(direction.status != "passed" for direction in passes)


def survives(mutant: Mutant) -> bool:
    """Whether the suite takes the mutant for a correct engine."""
    try:
        with limit(SECONDS):
            engine = build(mutant)
            cases = users().get((mutant.file, mutant.place)) or suite()
            return not any(is_red(engine, case, truth) for case, truth in cases)
    except (Exception, TimeOut):  # it does not even import, or does not end
        return False


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs SIGALRM")
@pytest.mark.parametrize("file", ["graph", "operations", "functions"])
def test_every_mutant_is_killed_but_the_equivalent_ones(file: str) -> None:
    survivors = {str(mutant) for mutant in mutants() if mutant.file == file and survives(mutant)}
    equivalent = {text for text in EQUIVALENT if text.startswith(f"{file}.")}
    assert survivors - equivalent == set()
    assert equivalent - survivors == set(), "these are killed, and so are no equivalents"


def test_there_are_many_mutants_and_few_of_them_are_equivalent() -> None:
    assert len(mutants()) >= 800
    assert set(EQUIVALENT) <= {str(mutant) for mutant in mutants()}
    assert len(EQUIVALENT) <= 0.1 * len(mutants())
