"""The page in a real browser: cases are searched, filtered, shared by their address, and linked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browser import PATIENCE, address, browser
from showing.test_browser import OVERWRITES, ROOT, Seen

from harness.cli import main

KINDS = {
    "add": "about: a sum of two\ninputs: {x: 3, y: 2}\nexpr: x + y\ntags: [easy]\n",
    "twice": "about: x meets itself\ninputs: {x: 3}\nexpr: x * x\n",
    "third": "about: x three times\ninputs: {x: 3}\nexpr: x * x * x\n",
    "sine": "about: a wave\ninputs: {x: 3}\nexpr: sin(x)\n",
    "late": "about: a wave that is cut off\ninputs: {x: 3}\nexpr: cos(x + x)\n",
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on an engine that overwrites gradients, and has neither sine nor cosine, in a
    folder whose name an address cannot have as it is."""
    folder = tmp_path_factory.mktemp("finding") / "50% of <b> ü"
    folder.mkdir()
    (folder / "mine.py").write_text(OVERWRITES)
    for name, text in KINDS.items():
        (folder / f"{'waves' if 'wave' in text else 'sums'}_{name}.yaml").write_text(text)
    path = folder / "mine.html"
    arguments = ["--engine", str(folder / "mine.py"), "--cases", str(folder), "-o", str(path)]
    assert main(["report", *arguments]) == 0
    return path


def until(page: Any, expression: str) -> None:
    """Waits for what a page brings about after a moment; its policy has no eval of its own."""
    for _ in range(int(PATIENCE / 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"it never comes to {expression}")


def visible(page: Any) -> set[str]:
    """The names of the cases that are on the page, as it is filtered."""
    names = page.locator("details.case:visible summary code").all_text_contents()
    return {name.rpartition("_")[2].removesuffix(".yaml") for name in names}


def test_words_are_searched_in_names_sentences_tags_and_operations(
    chromium: Any, mine: Path
) -> None:
    seen = Seen(chromium, address(mine))
    search = seen.page.get_by_role("searchbox")
    assert visible(seen.page) == set(KINDS)
    for text, found in {
        "WAVE": {"sine", "late"},
        "wave cut": {"late"},
        "easy": {"add"},
        "mul": {"twice", "third"},
        "no such": set(),
    }.items():
        search.fill(text)
        assert visible(seen.page) == found
        assert seen.page.locator(".finder output").text_content() == f"{len(found)} of 5 cases"
    assert not seen.page.locator("h4").all() or not seen.page.locator("h4").first.is_visible()
    seen.page.get_by_role("button", name="Clear").click()
    until(seen.page, "!document.querySelector('details.case[hidden]')")
    assert visible(seen.page) == set(KINDS) and search.input_value() == ""
    assert seen.told == []


def test_each_filter_counts_what_it_lets_through(chromium: Any, mine: Path) -> None:
    page = Seen(chromium, address(mine)).page
    for name in ("status", "finding", "level", "op"):
        select = page.locator(f"select[name={name}]")
        texts = [option.text_content() for option in select.locator("option").all()][1:]
        assert texts
        for text in texts:
            select.select_option(label=text)
            assert text.endswith(f"({len(visible(page))})"), text
        select.select_option(index=0)
    page.locator("select[name=status]").select_option("failed")
    page.locator("select[name=op]").select_option("mul")
    assert visible(page) == {"twice", "third"}


def test_a_finding_leads_to_each_of_its_cases_and_to_the_step_where_it_is_seen(
    chromium: Any, mine: Path
) -> None:
    seen = Seen(chromium, address(mine))
    finding = seen.page.locator("section[aria-labelledby=findings] li", has_text="overwrite")
    links = finding.get_by_role("link").all()
    names = {link.text_content().rpartition("_")[2].removesuffix(".yaml") for link in links}
    assert names == {"twice", "third"}
    links[0].click()
    seen.page.locator("details[open] .player").wait_for()
    player = seen.page.locator("details[open] .player")
    at, count = player.locator("output").text_content().split(" of ")
    assert 0 < int(at) <= int(count)
    ring = seen.page.locator("details[open] rect.r:not(.off)")
    assert ring.count() == 1 and seen.told == []


def test_an_address_opens_a_case_at_a_step_and_follows_the_player(
    chromium: Any, mine: Path
) -> None:
    name = quote((mine.parent / "sums_third.yaml").as_posix())
    seen = Seen(chromium, address(mine, f"{name}/4"))
    output = seen.page.locator("details[open] .player output")
    assert output.text_content().startswith("4 of ")
    seen.page.keyboard.press("ArrowLeft")
    until(seen.page, f"location.hash === '#{name}/3'")
    seen.page.evaluate(f"location.hash = '{name}'")
    until(seen.page, "document.querySelector('.player output').textContent.startsWith('0 of')")
    seen.page.evaluate(f"location.hash = '{name}/99'")
    last = "new Set(document.querySelector('.player output').textContent.split(' of ')).size === 1"
    until(seen.page, last)
    assert seen.told == []


def test_an_operation_that_an_engine_lacks_is_not_reached(chromium: Any, mine: Path) -> None:
    page = Seen(chromium, address(mine)).page
    for op in ("sin", "cos"):
        row = page.locator(".grid tr", has=page.get_by_role("rowheader", name=op, exact=True))
        assert set(row.locator("td").all_text_contents()) == {"not reached"}


def test_cases_stand_in_the_order_of_the_ladder(chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    cases = [str(ROOT / "cases" / name) for name in ("lecture", "scalars/x_plus_x.yaml")]
    arguments = [part for place in cases for part in ("--cases", place)]
    assert main(["report", *arguments, "--oracle", "recorded", "-o", str(path)]) == 0
    page = Seen(chromium, address(path)).page
    levels = page.locator("h4:visible").all_text_contents()
    assert levels == sorted(levels, key=lambda text: int(text.split()[1][:-1]))
    names = page.locator("summary code").all_text_contents()
    assert names != sorted(names)


def test_on_a_phone_nothing_but_pictures_scrolls_sideways(chromium: Any, mine: Path) -> None:
    name = quote((mine.parent / "sums_third.yaml").as_posix())
    page = Seen(chromium, address(mine, f"{name}/4")).page
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate(
        """Array.from(document.querySelectorAll('body, body *'))
        .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
        .filter(one => !one.closest('.sr, svg, math, select, input'))
        .filter(one => getComputedStyle(one).overflowX !== 'visible')
        .map(one => one.className)"""
    )
    assert set(wide) <= {"picture"}
    assert page.evaluate("document.documentElement.scrollWidth") == 390
