"""Pages that explain: every code, operation and term has one, and what they say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.engines.loading import load
from harness.grading.fence import fenced
from harness.judging.codes import CODES, CONVENTION
from harness.judging.oracle import Oracle
from harness.judging.precision import examined
from harness.judging.result import as_json
from harness.showing import explained
from harness.showing.explained import MISTAKES, OPERATIONS, TERMS, NoPageError, Page
from harness.showing.lines import plain
from harness.vocabulary.signatures import OPERATIONS as SIGNATURES

PAGES = [explained.page(name) for names in explained.names().values() for name in names]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^.*# wrong$", re.MULTILINE)


def example(page: Page) -> tuple[str, str]:
    """The engine that makes the mistake, and the one that does not."""
    wrong, right = BLOCK.findall(page.text)
    lines = wrong.splitlines()
    marked = [number for number, line in enumerate(lines) if line.endswith("# wrong")]
    assert marked, "no line is marked"
    mended = [*lines[: marked[0]], right, *lines[marked[-1] + 1 :]]
    return wrong, "\n".join(mended) + "\n"


def told(engine: str, page: Page, folder: Path) -> tuple[set[str], set[str], set[str]]:
    """The codes of what is found and remarked on the page's cases, and the cases' statuses."""
    path = folder / "engine.py"
    path.write_text(engine, encoding="utf-8")
    limited = page.name == "too-slow"
    loaded, oracle = fenced(str(path), 0.5) if limited else load(str(path)), Oracle("recorded")
    cases = [source.load() for source in page.cases]
    verdicts = [(c.id, examined(loaded, c, oracle.truth(c), "recorded")) for c in cases]
    result = as_json("engine.py", verdicts)
    remarks = {remark["code"] for remark in result["remarks"]} - {None}
    statuses = {case["status"] for case in result["cases"]}
    return {finding["code"] for finding in result["findings"]}, remarks, statuses


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_code_is_found_to_be_that_and_its_mended_form_to_be_right(
    code: str, tmp_path: Path
) -> None:
    page = explained.page(code)
    wrong, right = example(page)
    findings, remarks, _ = told(wrong, page, tmp_path)
    convention = CODES[code].weight == CONVENTION
    assert (findings, remarks) == ((set(), {code}) if convention else ({code}, set()))
    findings, remarks, statuses = told(right, page, tmp_path)
    assert not findings | remarks
    assert "passed" in statuses <= {"passed", "unsupported"}


@pytest.mark.parametrize("kind", [MISTAKES, TERMS])
def test_a_page_begins_with_a_sentence_that_sums_it_up(kind: str) -> None:
    for name in explained.names()[kind]:
        assert 20 < len(explained.page(name).summary) < 140, name


def test_there_is_a_page_of_every_code_and_operation_and_of_nothing_else() -> None:
    assert set(explained.names()[MISTAKES]) == set(CODES)
    words = {operation.word for operation in SIGNATURES.values() if not operation.compares}
    assert set(explained.names()[OPERATIONS]) == words
    assert len(PAGES) == len({page.name for page in PAGES}), "a name is that of two pages"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_a_summary_a_case_a_picture_and_code_that_runs(page: Page) -> None:
    assert page.cases, "there is no case to try"
    assert explained.as_picture(page).startswith("<svg")
    lines = plain(explained.as_lines(page, 79)).splitlines()
    assert lines[0] == page.text.splitlines()[0].removeprefix("# ")
    prose = [line for line in lines if not line.startswith("    ")]
    assert all(len(line) <= 79 or max(map(len, line.split())) > 70 for line in prose)
    if page.name in explained.names()[TERMS]:
        for block in BLOCK.findall(page.text):
            exec(block, {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_html_with_headings_from_a_level_on(page: Page) -> None:
    html = explained.as_html(page, 4)
    assert set(re.findall(r"<(h\d)>", html)) == {"h4"}
    assert "# " not in re.sub(r"(?s)<pre>.*?</pre>", "", html)


@pytest.mark.parametrize("name", ["Local Derivative", "local_derivative", "wrong sign", "log1p"])
def test_a_name_may_be_written_in_several_ways(name: str) -> None:
    assert explained.page(name).text


@pytest.mark.parametrize(
    ("written", "name"),
    [("-", "sub"), ("number ** x", "pow"), ("clamp(x, min=…)", "clamp"), ("dot", "matmul")],
)
def test_an_operation_is_found_by_its_sign_by_its_call_and_by_other_names(
    written: str, name: str
) -> None:
    assert explained.page(written).name == name


def test_what_has_no_page_is_told_with_what_is_meant() -> None:
    with pytest.raises(NoPageError, match=r"no page of 'overwrit'; did you mean 'overwrite'\?"):
        explained.page("overwrit")
    with pytest.raises(NoPageError, match="harness explain lists all there is"):
        explained.page("zzz")
