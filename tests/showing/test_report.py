"""The page's parts, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.judging.oracle import computed
from harness.language.case import decode
from harness.showing.report import page, plain_page
from harness.showing.report.elements import cell, region, table
from harness.showing.report.sections import Entry, section


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name() -> None:
    html = region("scroll", 'of "mine" & <yours>', "<b>x</b>")
    assert 'tabindex="0" role="group"' in html and "<b>x</b></div>" in html
    assert 'aria-label="of &quot;mine&quot; &amp; &lt;yours&gt;"' in html


def test_a_table_has_heads_of_columns_and_of_rows() -> None:
    html = table(
        "Numbers", ["step", "value"], [("a < b", [cell("1", "v"), cell("2")])], "grid", "all"
    )
    assert '<th scope="col">step</th>' in html and '<th scope="row">a &lt; b</th>' in html
    assert '<td class="v">1</td><td>2</td>' in html
    assert '<table class="grid"><caption>all</caption>' in html


@pytest.fixture
def entry() -> Entry:
    text = "about: one <i>\ninputs: {x: 3}\nexpr: x * x\n"
    case = decode(text, Path("one.yaml"), "one.yaml")
    return Entry("one.yaml", case, computed(case))


def test_a_case_has_every_line_with_what_it_comes_to(entry: Entry) -> None:
    html = section(entry, "")
    assert "one &lt;i&gt;" in html and "<i>#(1)</i> <span>= 9.000</span>" in html
    assert "local 3.000 × upstream 1.000 = 3.000; 3.000 + 3.000 = 6.000" in html
    assert '<td class="d">6</td>' in html and "yours" not in html


def test_a_page_of_cases_alone_has_no_findings(entry: Entry) -> None:
    html = page(None, [entry], None)
    assert "<h1>The cases</h1>\n<p>1 case</p>" in html and 'id="findings"' not in html


def test_a_plain_page_runs_nothing() -> None:
    html = plain_page("The <class>", "<p>body</p>")
    assert "<h1>The &lt;class&gt;</h1>" in html and "script" not in html and "<p>body</p>" in html
