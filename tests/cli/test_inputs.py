"""What commands judge, and on what."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.api.questions import Cases, Question, judged
from harness.cli.inputs import begun, engine_of, tell_notes
from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.grading.remote import AHEAD
from harness.judging.oracle import Oracle
from harness.language import suite
from harness.vocabulary.program import Program


def given(engine: str, in_process: bool = True, **others: object) -> Namespace:
    return Namespace(engine=engine, in_process=in_process, timeout=2.0, show_output=False, **others)


def test_what_is_no_case_or_has_no_truth_is_kept_and_the_others_are_read(here: Path) -> None:
    Path("cases/topic/bad.yaml").write_text("about: a\ninputs: {x: 1}\nexpr: x * y\n")
    Path("cases/topic/hand.yaml").write_text(
        "about: a\ninputs: {x: 3}\nexpr: x * x\nexpect: {f: 10}\n"
    )
    Path("cases/topic/none.yaml").write_text("about: a\ninputs: {x: 3}\nexpr: x + x\n")
    Path("cases/topic/none").mkdir()
    cases = Cases(suite.find(["cases"]), Oracle("torch"))
    assert [case.id for case, _ in cases] == [
        f"cases/topic/{name}.yaml" for name in ("none", "one", "two")
    ]
    bad, hand = cases.broken
    assert bad.startswith("cases/topic/bad.yaml:3:11: unknown name 'y'")
    assert hand.startswith("cases/topic/hand.yaml:4:13: torch says f = 9")
    recorded = Cases(suite.find(["cases/topic/none.yaml"]), Oracle("recorded"))
    assert list(recorded) == []
    assert recorded.broken[0].startswith("cases/topic/none.yaml:1:1: there is no snapshot")


def test_of_many_notes_the_first_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    cases = Cases([], Oracle(notes=[f"note {number}" for number in range(7)]))
    tell_notes(cases)
    assert capsys.readouterr().err.splitlines() == [
        *(f"note {n}" for n in range(5)),
        "… and 2 more",
    ]


def test_an_engine_is_judged_in_the_precision_that_is_asked_for() -> None:
    assert engine_of(given("peer:minigrad", dtype="float32")).dtype == "float32"
    assert engine_of(given("peer:minigrad")).dtype is None


class Slow(Engine):
    """Notes of which programs it was told."""

    def __init__(self) -> None:
        self.told: list[Program] = []

    def begin(self, program: Program) -> None:
        self.told.append(program)

    def run(self, program: Program) -> Trace:
        return Trace({}, {}, unsupported="nothing")


def test_an_engine_knows_the_next_cases_while_one_is_judged() -> None:
    cases = Cases(suite.find(["cases/scalars"]))
    engine = Slow()
    for number, (case, _, verdict) in enumerate(judged(engine, cases, None)):
        ahead = engine.told[number + 1 :]
        assert engine.told[number] is case.program and len(ahead) <= AHEAD
        assert verdict.forward.note == "the engine has no nothing"
        if number == 0:
            assert len(ahead) == AHEAD
    assert len(engine.told) == len(cases.sources)


def test_an_engine_that_cannot_be_had_is_told_though_cases_are_read_meanwhile(here: Path) -> None:
    Path("mine.py").write_text("1 / 0\n")
    read: list[str] = []

    def cases() -> Iterator[Question]:
        for case, truth in Cases(suite.find(["cases"]), Oracle("torch")):
            read.append(case.id)
            yield case, truth

    with pytest.raises(Exception, match="does not import: ZeroDivisionError"):
        begun(given("mine.py", in_process=False), cases())
