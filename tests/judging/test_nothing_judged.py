"""Nowhere does it say that all is well where nothing was judged."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from judging.conftest import Check

from harness.cli import main
from harness.grading.formats import common
from harness.judging.judge import judge
from harness.judging.missing import next_to_build
from harness.judging.oracle import computed
from harness.language.case import decode
from harness.showing import picture

NOTHING = "class Value:\n    def __init__(self, data): self.data = data\n    def exp(self): ...\n"
CASES = {"growth": "inputs: {x: 0.7}\nexpr: exp(x)", "sum": "inputs: {x: 0.7}\nexpr: x + x"}


def test_neither_a_page_nor_an_export_says_that_all_is_well(check: Check) -> None:
    result = check(NOTHING, CASES)
    assert result["exit"] == 2
    for case in result["cases"]:
        case["hidden"] = False
    graded = {**result, "problem": None, "student": []}
    assert common.summary(graded) == (
        "Nothing was judged. Not judged in full: 2 cases. Next to build: exp: 1 case; x + y: 1."
    )
    assert main(["report", "--engine", "mine.py", "--cases", "cases", "-o", "page.html"]) == 2
    page = re.sub(r"<(script|style)>.*?</\1>", "", Path("page.html").read_text(), flags=re.DOTALL)
    assert "✓" not in page and "othing is wrong" not in page
    assert "Nothing was judged: the engine " in page
    assert "Next to build: exp: 1 case; x + y: 1." in page


def test_a_hidden_case_does_not_tell_what_it_needs(check: Check) -> None:
    result = check(NOTHING, CASES)
    for case in result["cases"]:
        case["hidden"] = "growth" in case["id"]
    told = common.summary({**result, "problem": None, "student": []})
    assert "x + y: 1" in told and "exp" not in told


@pytest.mark.parametrize("lack", ["unsupported", "lacks_backward"])
def test_a_picture_says_what_was_not_judged(lack: str) -> None:
    case = decode("about: a\ninputs: {x: 0.7}\nexpr: exp(x)\n", Path("growth.yaml"))
    truth = computed(case)
    right = picture.svg(case, truth, judge(case, truth, truth))
    assert "Nothing is wrong." in right
    lacking = replace(truth, **cast(Any, {lack: "hands (none)"}))
    told = picture.svg(case, truth, judge(case, truth, lacking))
    assert "Nothing is wrong." not in told and "Not judged: the engine has no hands (none)." in told


def test_what_blocks_most_comes_first_and_the_rest_is_counted_out() -> None:
    lacking = [{"what": f"op{i}", "cases": [f"c{n}" for n in range(20 - i)]} for i in range(8)]
    told = next_to_build(lacking)
    assert told.startswith("not judged in full: 20 cases. Next to build: op0: 20 cases; op1: 19;")
    assert told.endswith("; op5: 15; …")
