"""The player in a real browser: what is hidden, what is lit, whose keys act, and the lecture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import address, browser
from showing.test_browser import ROOT, Seen, anchor, shown
from showing.test_finding_cases import until

from harness.cli import main


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("player") / "lecture.html"
    cases = ["--cases", str(ROOT / "cases/lecture"), "--cases", str(ROOT / "cases/models")]
    assert main(["report", *cases, "--oracle", "recorded", "-o", str(path)]) == 0
    return path


def opened(chromium: Any, lecture: Path, place: str) -> Seen:
    name, _, step = place.partition("#")
    return Seen(chromium, address(lecture, anchor(name) + (f"/{step}" if step else "")))


def at(page: Any) -> str:
    return str(page.locator("details[open] .player output").first.text_content())


def test_it_begins_with_inputs_alone_and_a_button_shows_all(chromium: Any, lecture: Path) -> None:
    seen = opened(chromium, lecture, "lecture/staged")
    assert at(seen.page) == "0 of 21"
    assert shown(seen.page, ".circuit .v") == ["3.000", "−4.000"]
    assert shown(seen.page, ".code li > span") == ["= 3.000", "= −4.000"]
    button = seen.page.get_by_role("button", name="All numbers")
    button.click()
    assert button.get_attribute("aria-pressed") == "true" and at(seen.page) == "0 of 21"
    assert len(shown(seen.page, ".circuit .v")) == len(shown(seen.page, ".circuit .d")) == 10
    button.click()
    assert len(shown(seen.page, ".circuit .v")) == 2
    seen.page.keyboard.press("End")
    assert len(shown(seen.page, ".code li > span")) == 23 and seen.told == []


COVERED = """() => {
  const seen = one => getComputedStyle(one).visibility === "visible" && one.getClientRects().length;
  const boxes = rule => Array.from(document.querySelectorAll("details[open] .circuit " + rule))
    .filter(seen).map(one => [one.textContent, one.getBoundingClientRect()]);
  const others = boxes(":is(.v, .d, .c, .n, .m, .o, .l, .b)"), notes = boxes(".call rect");
  return notes.flatMap(([_, note]) => others.filter(([_, one]) => note.left < one.right - 2 &&
    one.left < note.right - 2 && note.top < one.bottom - 3 && one.top < note.bottom - 3))
    .map(([text]) => text);
}"""


def test_what_is_said_of_a_step_covers_no_text(chromium: Any, lecture: Path) -> None:
    for name in ("lecture/staged", "lecture/product_of_sum", "models/masked_attention"):
        page = opened(chromium, lecture, name).page
        for _ in range(int(page.locator("details[open] [type=range]").get_attribute("max"))):
            page.keyboard.press("ArrowRight")
            assert page.evaluate(COVERED) == [], (name, at(page))


def test_the_acting_gate_is_lit_with_local_upstream_product_and_sum(
    chromium: Any, lecture: Path
) -> None:
    seen = opened(chromium, lecture, "lecture/staged#18")  # dx += ((1 - sigx) * sigx) * dsigx
    acting = seen.page.locator("details[open] .node.act")
    assert acting.locator(".n").text_content() == "sigx"
    assert shown(seen.page, ".circuit .call text") == ["local 0.045", "upstream", "sum", "product"]
    assert shown(seen.page, ".edge.now .c") == ["+= −0.036"]
    lit = "one => getComputedStyle(one).strokeWidth === '3px'"
    gates = seen.page.locator("details[open] .circuit .g").all()
    assert sum(gate.evaluate(lit) for gate in gates) == 1
    assert shown(seen.page, ".node.now .d") == ["1.547"]
    seen.page.keyboard.press("Home")
    assert shown(seen.page, ".circuit .call text") == [] and acting.count() == 0


def test_the_heat_map_of_a_sum_is_that_of_what_has_come(chromium: Any, lecture: Path) -> None:
    seen = opened(chromium, lecture, "lecture/one_hidden_layer#22")  # dW1, by the decay alone
    total = seen.page.locator("details[open] .node[data-n=W1] .d")
    assert total.locator("text").text_content() == "−0.04 … 0.06"
    part = total.locator(".h").inner_html()
    seen.page.keyboard.press("End")
    assert total.locator("text").text_content() == "Σ −0.31 … 0.45"
    assert part not in total.inner_html() and seen.told == []


def test_picture_and_current_line_are_on_the_screen_at_every_step(
    chromium: Any, lecture: Path
) -> None:
    for name in ("lecture/staged", "models/lstm_cell"):
        page = opened(chromium, lecture, name).page
        for _ in range(int(at(page).split(" of ")[1])):
            page.keyboard.press("ArrowRight")
            for one in ("details[open] .code .now", "details[open] .node.now .w"):
                box = page.locator(one).first.bounding_box()
                assert box["y"] >= 0 and box["y"] + box["height"] <= 720, (name, at(page), box)


def test_keys_act_only_on_the_player_that_has_the_focus(chromium: Any, lecture: Path) -> None:
    page = opened(chromium, lecture, "lecture/staged#3").page
    page.locator("details:not([open]) summary").first.focus()
    for key in ("ArrowRight", "End", "Home"):
        page.keyboard.press(key)
        assert at(page) == "3 of 21"
    page.keyboard.press("End")
    until(page, "scrollY > 300")  # the page's own key
    page.locator("details[open] .picture").focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == "4 of 21"


def test_of_two_open_players_the_focused_one_moves(chromium: Any, lecture: Path) -> None:
    page = opened(chromium, lecture, "lecture/staged#3").page
    page.evaluate("document.querySelectorAll('details.case')[2].open = true")
    until(page, "document.querySelectorAll('.player').length === 2")
    outputs = page.locator(".player output")
    before = outputs.all_text_contents()
    other = 0 if before[1].startswith("3 ") else 1
    page.locator("details[open] .picture").nth(other).focus()
    page.keyboard.press("ArrowRight")
    after = outputs.all_text_contents()
    assert after[1 - other] == before[1 - other] and after[other].startswith("1 of ")


def test_the_lecture_fills_the_screen_and_a_clicker_goes_through_its_cases(
    chromium: Any, lecture: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    seen = opened(context, lecture, "lecture/product_of_sum#1")
    page = seen.page
    page.get_by_role("button", name="Lecture").click()
    body = page.locator("details.chosen .body")
    box = body.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1920, 1080)
    assert page.locator("details.chosen .title").text_content().endswith("product_of_sum.yaml")
    label = page.locator("details.chosen .circuit .l").first.bounding_box()
    assert label["height"] > 1080 / 40
    count = int(page.locator("details.chosen output").text_content().split(" of ")[1])
    for _ in range(count):
        page.keyboard.press("PageDown")
    title = page.locator("details.chosen .title")
    assert not title.text_content().endswith("of_sum.yaml")
    page.keyboard.press("PageUp")  # back to where it came from: the end of the case before
    assert title.text_content().endswith("of_sum.yaml")
    assert page.locator("details.chosen output").text_content() == f"{count} of {count}"
    page.keyboard.press("PageDown")
    assert not title.text_content().endswith("of_sum.yaml")
    page.keyboard.press("b")
    assert not page.locator("details.chosen .stage").is_visible()
    page.keyboard.press("b")
    page.locator("details.chosen").get_by_label("Case before").click()
    assert page.locator("details.chosen .title").text_content().endswith("product_of_sum.yaml")
    page.keyboard.press("Escape")
    until(page, "!document.documentElement.classList.contains('lecture')")
    assert seen.told == []
    context.close()


def test_a_picture_is_zoomed_and_dragged(chromium: Any, lecture: Path) -> None:
    page = opened(chromium, lecture, "lecture/staged").page
    svg, frame = page.locator("details[open] svg"), page.locator("details[open] .picture")
    small = svg.bounding_box()["width"]
    for _ in range(3):
        page.get_by_role("button", name="Larger").click()
    assert svg.bounding_box()["width"] == pytest.approx(small * 1.25**3, rel=0.01)
    box = frame.bounding_box()
    page.mouse.move(box["x"] + 600, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 150)
    page.mouse.up()
    assert frame.evaluate("one => [one.scrollLeft, one.scrollTop]") == [200, 50]
    page.get_by_role("button", name="Fit").click()
    assert svg.bounding_box()["width"] == pytest.approx(small, rel=0.01)
