"""The terminal, pytest, the page, pictures and course formats say the same of one failure."""

from __future__ import annotations

from functools import cache
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sweeps import sweep
from truths import PATHS, case_at
from zoo import Mistake
from zoo.keeper import STYLES, mistakes, text_of

from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.grading.formats.common import summary
from harness.judging.diagnosis import explain
from harness.judging.findings import LOST
from harness.judging.oracle import Oracle
from harness.judging.precision import examined
from harness.judging.repro import reproduced
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.showing.findings import describe_finding
from harness.showing.lines import plain
from harness.showing.phrases import one_line, title_of
from harness.showing.picture import svg
from harness.showing.report import page
from harness.showing.report.sections import Entry
from harness.showing.terminal import describe_failure

TOPICS = {"scalars", "elementwise", "arrays", "reductions"}
MOST_STEPS, MOST_CASES = 3, 12
MADE = {f"{style} {one.name}": (style, one) for style in STYLES for one in mistakes(style)}


@cache
def questions() -> list[tuple[Case, Trace]]:
    oracle = Oracle("recorded")
    cases = [case_at(path) for path in PATHS if path.parent.name in TOPICS]
    return [(case, oracle.truth(case)) for case in cases if len(case.program.steps) <= MOST_STEPS]


def judged(style: str, mistake: Mistake, folder: Path) -> list[tuple[str, Verdict]]:
    """The failed cases of an engine with one mistake."""
    path = folder / f"{style}.py"
    path.write_text(mistake.made_in(text_of(style)), encoding="utf-8")
    engine = load(str(path))
    every = (
        (case.id, reproduced(engine, examined(engine, case, truth, "recorded")))
        for case, truth in questions()
    )
    failed = ((id, verdict) for id, verdict in every if not verdict.passed)
    return list(islice(failed, MOST_CASES))


def result_of(failed: list[tuple[str, Verdict]]) -> dict[str, Any]:
    found = as_json("engine.py", failed)
    cases = [{**case, "hidden": False} for case in found["cases"]]
    return {**found, "cases": cases, "problem": None, "student": found["findings"]}


@sweep("name", MADE, always=2, sample=14)
def test_all_that_is_said_of_a_failure_is_the_same(name: str, tmp_path: Path) -> None:
    failed = judged(*MADE[name], tmp_path)
    if not failed:
        pytest.skip("none of these cases shows it")
    result, by_id = result_of(failed), dict(failed)
    entries = [Entry(id, verdict.case, verdict.truth, verdict) for id, verdict in failed]
    written, course = page("engine.py", entries, result), summary(result)
    for finding in result["findings"]:
        verdict, direction = by_id[finding["evidence"]], finding["direction"]
        explanation = explain(verdict, direction)
        assert explanation is not None
        told = plain(describe_failure(verdict, direction, finding["evidence"], "engine.py"))
        codes = {one.code for place in explanation.places for one in place.mistakes}
        assert finding["code"] in codes or codes <= LOST
        assert any(f"{code}: " in told for code in codes), told
        assert escape(told) in written
        assert title_of(finding) in course and title_of(finding) in plain(
            describe_finding(1, finding)
        )
        assert one_line(verdict, direction) != "no step is wrong"
        drawn = svg(verdict.case, verdict.truth, verdict)
        assert "Nothing is wrong" not in drawn
        assert "Wrong (dashed, purple)" in drawn or "stops" in drawn or explanation.breach
        if explanation.failure is not None:
            assert explanation.failure.message.split(":")[0] in told
        if finding["repro"]:
            assert escape(finding["repro"]) in written
            assert finding["repro"].splitlines()[-1] in plain(describe_finding(1, finding))
