"""The report in a real browser: the player, print, no JavaScript, no requests, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import PATIENCE, address, browser
from showing.test_picture import CHAIN
from sweeps import long, sweep

from harness.cli import main
from harness.judging.oracle import computed
from harness.language.case import Case, load
from harness.showing.figures import figure
from harness.showing.numbers import short
from harness.showing.staging import stage

ROOT = Path(__file__).resolve().parents[2]

OVERWRITES = """\
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __sub__(self, other):
        raise ValueError("</pre><script>document.title = 'taken over'</script>")

    def backward(self, upstream=1.0):
        self.grad = upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the lecture's cases, without an engine."""
    path = tmp_path_factory.mktemp("report") / "lecture.html"
    assert main(["report", "--cases", str(ROOT / "cases/lecture"), "-o", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on an engine that overwrites gradients, and whose exception is an attack."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "mine.py").write_text(OVERWRITES)
    path = folder / "mine.html"
    cases = str(ROOT / "cases/scalars")
    assert (
        main(["report", "--engine", str(folder / "mine.py"), "--cases", cases, "-o", str(path)])
        == 0
    )
    return path


class Seen:
    """A page with everything that it said to the console, or asked the network for."""

    def __init__(self, context: Any, url: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.told: list[str] = []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self.told.append(request.url))
        self.page.goto(url)
        assert self.told.pop(0).split("#")[0] == url.split("#")[0]


def anchor(name: str) -> str:
    return (ROOT / "cases" / f"{name}.yaml").as_posix()


def the_case(name: str) -> Case:
    return load(ROOT / "cases" / f"{name}.yaml", name, ROOT / "cases")


def shown(page: Any, selector: str) -> list[str]:
    """The texts of the open case's elements that are visible."""
    found = page.locator(f"details[open] {selector}")
    return [one.text_content() for one in found.all() if one.is_visible()]


def player(page: Any) -> Any:
    return page.locator("details[open] .player")


def test_every_step_by_keyboard_shows_its_line_its_words_and_its_numbers(
    chromium: Any, lecture: Path
) -> None:
    seen = Seen(chromium, address(lecture, anchor("lecture/staged")))
    case = the_case("lecture/staged")
    lines = [
        line for line in stage(case.program).lines if line.kind in ("forward", "seed", "backward")
    ]
    seen.page.keyboard.press("Home")
    assert shown(seen.page, ".circuit .v") == ["3.000", "−4.000"]
    assert shown(seen.page, ".circuit .d") == shown(seen.page, ".circuit .c") == []
    assert shown(seen.page, ".code .now") == []
    values, gradients, terms = 2, {}, 0
    for line in lines:
        seen.page.keyboard.press("ArrowRight")
        (now,) = shown(seen.page, ".code .now")
        (words,) = shown(seen.page, ".words")
        assert line.value is not None
        assert now.startswith(line.code) and words.endswith(" ".join(now.split()))
        if line.kind == "forward":
            values += 1
            assert f"= {short(line.value)}" in words
        else:
            gradients[line.name] = short(line.value)
        if line.adds:
            assert line.contribution is not None
            old = short(line.value - line.contribution)
            new = f"{old} + {short(line.contribution)} = {short(line.value)}"
            assert new in words
        if line.local is not None:
            assert f"local {short(np.asarray(line.local))} × upstream" in words
        assert len(shown(seen.page, ".circuit .v")) == values
        texts = [text.removeprefix("Σ ") for text in shown(seen.page, ".circuit .d")]
        assert sorted(texts) == sorted(gradients.values())
        terms += line.step is not None and len(case.program.uses[line.name]) > 1
        assert len(shown(seen.page, ".circuit .c")) == terms
    assert shown(seen.page, "output") == [f"{len(lines)} of {len(lines)}"]
    assert seen.told == []


def test_in_a_folded_picture_a_number_appears_wherever_it_stands(
    chromium: Any, tmp_path: Path
) -> None:
    (tmp_path / "chain.yaml").write_text(CHAIN)
    assert main(["report", "--cases", str(tmp_path), "-o", str(tmp_path / "a.html")]) == 0
    seen = Seen(chromium, address(tmp_path / "a.html", (tmp_path / "chain.yaml").as_posix()))
    trace = computed(load(tmp_path / "chain.yaml", "chain.yaml", tmp_path))
    page = seen.page
    page.keyboard.press("Home")
    inputs = shown(page, ".circuit .v")
    assert len(inputs) > 2 and set(inputs) == {"0.500", "2.000"}
    for _ in trace.values:
        page.keyboard.press("ArrowRight")
        assert page.locator("details[open] .circuit .now").first.is_visible()
    ends = page.locator("details[open] .node.now, details[open] .player")
    boxes = [one.bounding_box() for one in ends.all()]
    assert all(0 <= box["y"] < box["y"] + box["height"] <= 720 for box in boxes), boxes
    page.keyboard.press("End")
    assert set(shown(page, ".circuit .v")) == {short(array) for array in trace.values.values()}
    assert seen.told == []


def test_at_the_end_the_numbers_on_the_screen_are_those_of_the_trace(
    chromium: Any, lecture: Path
) -> None:
    for name in ("lecture/staged", "lecture/one_hidden_layer"):
        seen = Seen(chromium, address(lecture, anchor(name)))
        trace = computed(the_case(name))
        seen.page.keyboard.press("End")
        texts = shown(seen.page, ".circuit .v")
        assert {"".join(figure(array).rows) for array in trace.values.values()} <= set(texts)
        gradients = {text.removeprefix("Σ ") for text in shown(seen.page, ".circuit .d")}
        assert gradients == {"".join(figure(array).rows) for array in trace.gradients.values()}
        rows = seen.page.locator("details[open] tbody tr")
        for row, step in zip(rows.all(), trace.values, strict=True):
            assert row.locator("th").text_content().split(": ")[-1] == step
            text = row.locator(".v").text_content()
            numbers = [float(n) for n in text.removeprefix("[").split("]")[0].split(", ")]
            assert np.allclose(numbers, trace.values[step].reshape(-1)[:12], rtol=1e-5)


def test_the_slider_the_buttons_and_the_keys_move_alike(chromium: Any, lecture: Path) -> None:
    seen = Seen(chromium, address(lecture, anchor("lecture/product_of_sum")))
    page, bar = seen.page, player(seen.page)
    slider, output = bar.locator("input"), bar.locator("output")
    count = int(slider.get_attribute("max"))
    for to in range(count + 1):
        slider.fill(str(to))
        assert output.text_content() == f"{to} of {count}"
        assert slider.get_attribute("aria-valuetext") == f"step {to} of {count}"
        assert len(shown(page, ".code .now")) == (to > 0)
    bar.get_by_label("First step").click()
    assert output.text_content() == f"0 of {count}"
    bar.get_by_label("Next step").click()
    page.keyboard.press("ArrowRight")
    assert output.text_content() == f"2 of {count}"
    bar.get_by_label("Step back").click()
    assert output.text_content() == f"1 of {count}"
    bar.get_by_label("Last step").click()
    assert output.text_content() == f"{count} of {count}"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert output.text_content() == f"{count - 1} of {count}"
    page.keyboard.press("Home")
    assert output.text_content() == f"0 of {count}"
    assert seen.told == []


def test_space_plays_and_pauses(chromium: Any, lecture: Path) -> None:
    seen = Seen(chromium, address(lecture, anchor("lecture/product_of_sum")))
    page, bar = seen.page, player(seen.page)
    page.clock.install()
    page.locator("details[open] .picture").focus()
    play = bar.locator("[data-to=play]")
    page.keyboard.press(" ")
    assert play.get_attribute("aria-pressed") == "true" and play.text_content() == "Pause"
    page.clock.run_for(950)
    assert bar.locator("output").text_content().startswith("1 of")
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert bar.locator("output").text_content().startswith("1 of")
    page.keyboard.press(" ")
    page.clock.run_for(60_000)
    assert play.get_attribute("aria-pressed") == "false"
    count = bar.locator("input").get_attribute("max")
    assert bar.locator("output").text_content() == f"{count} of {count}"


def test_what_an_engine_says_is_shown_and_never_run(chromium: Any, failing: Path) -> None:
    seen = Seen(chromium, address(failing, anchor("scalars/subtract")))
    text = failing.read_text()
    assert "<script>document.title" not in text and "&lt;script&gt;document.title" in text
    assert seen.page.title().startswith("✗") and seen.told == []


def test_findings_lead_to_their_case_and_mark_what_is_wrong(chromium: Any, failing: Path) -> None:
    seen = Seen(chromium, address(failing))
    page = seen.page
    finding = page.locator("section[aria-labelledby=findings] li", has_text="overwrite")
    finding.get_by_role("link").first.click()
    opened = page.locator("details[open]")
    opened.wait_for()
    assert opened.count() == 1 and "x_plus_x" in opened.locator("summary").text_content()
    assert [text for text in shown(page, ".circuit .b") if text.startswith("✗ yours")]
    assert "overwrite:" in shown(page, ".failure")[0]
    page.keyboard.press("Home")
    assert shown(page, ".circuit .b") == shown(page, ".circuit .r") == []
    grid = page.locator(".grid")
    assert "✗" in grid.locator("tr", has_text="the engine itself").text_content()
    assert seen.told == []


@sweep("scheme", ["light", "dark"], always=0, sample=2)
def test_no_violation_of_accessibility(
    chromium: Any, lecture: Path, failing: Path, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(color_scheme=scheme)
    places = [(lecture, name) for name in ("lecture/staged", "lecture/one_hidden_layer")]
    for path, name in [*places, (failing, "scalars/x_times_x"), (failing, "scalars/subtract")]:
        page = Seen(context, address(path, anchor(name))).page
        for wide, key in ((1280, "End"), (1280, "ArrowLeft"), (320, "ArrowLeft")):
            page.set_viewport_size({"width": wide, "height": 720})
            page.keyboard.press(key)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= wide
    context.close()


def test_without_javascript_and_in_print_everything_is_there(
    chromium: Any, lecture: Path, tmp_path: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    seen = Seen(context, address(lecture, anchor("lecture/staged")))
    trace = computed(the_case("lecture/staged"))
    assert {short(a) for a in trace.values.values()} == set(shown(seen.page, ".circuit .v"))
    gradients = {text.removeprefix("Σ ") for text in shown(seen.page, ".circuit .d")}
    assert gradients == {short(array) for array in trace.gradients.values()}
    assert seen.page.locator(".player").count() == 0
    context.close()

    seen = Seen(chromium, address(lecture, anchor("lecture/staged")))
    seen.page.keyboard.press("Home")
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")
    assert {short(a) for a in trace.values.values()} == set(shown(seen.page, ".circuit .v"))
    assert not player(seen.page).is_visible()
    assert shown(seen.page, ".circuit .call text") == []
    closed = seen.page.locator("details.case:not([open]) .circuit .v").first
    assert closed.is_visible()  # what is closed on the screen is open on paper
    seen.page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 20_000


@long
def test_a_page_of_all_cases_opens_and_is_no_burden(chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "all.html"
    arguments = ["report", "--cases", str(ROOT / "cases"), "--oracle", "recorded", "-o", str(path)]
    assert main(arguments) == 0
    seen = Seen(chromium, address(path))
    count = len(list((ROOT / "cases").rglob("*.yaml")))
    assert seen.page.locator("details.case").count() == count > 500
    assert path.stat().st_size < 7_000 * count
    bodies = "Array.from(document.querySelectorAll('.body'))"
    visible = seen.page.evaluate(f"{bodies}.filter(one => one.checkVisibility()).length")
    assert visible == 0  # what is closed is not laid out
    inner = seen.page.evaluate("document.querySelectorAll('.body *:not(noscript)').length")
    assert inner == 0  # nor is it there at all before it is opened
    assert seen.told == []


def test_the_content_policy_allows_nothing_but_the_pages_own(lecture: Path) -> None:
    text = lecture.read_text()
    policy = text.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert (
        ' style="' not in text
        and " onclick" not in text
        and "http:" not in text.replace("http://www.w3.org/2000/svg", "")
    )
