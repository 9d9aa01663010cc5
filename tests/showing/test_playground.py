"""The playground in a real browser: an expression is typed, a number dragged, a file saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import PATIENCE, browser

from harness.cli.play import Playground


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture
def opened(chromium: Any) -> Iterator[tuple[Any, list[str]]]:
    """The page, and what it says to the console or asks of anybody but its own server."""
    server = Playground("(x + y) * z", ["x=-2", "y=5", "z=-4"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page, told = chromium.new_page(), list[str]()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request", lambda one: None if one.url.startswith(server.address) else told.append(one.url)
    )
    page.goto(server.address)
    page.locator("details.case .player").wait_for()
    yield page, told
    page.close()
    server.shutdown()
    server.server_close()


def after(page: Any, act: Any) -> None:
    """Does something, and waits until the page has its answer."""
    before = page.evaluate("+document.body.dataset.asked")
    act()
    while page.evaluate("+document.body.dataset.asked") == before:
        page.wait_for_timeout(20)


def numbers(page: Any) -> list[str]:
    return list(page.locator("details.case .circuit .v").all_text_contents())


def test_a_number_that_is_dragged_changes_both_passes_and_keeps_the_step(opened: Any) -> None:
    page, told = opened
    page.locator("details .picture").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    at = page.locator("details output").text_content()
    assert numbers(page)[-1] == "−12.000"
    after(page, lambda: page.get_by_label("Drag x").fill("1"))
    assert page.locator(".number").first.input_value() == "1"
    assert numbers(page)[-1] == "−24.000" and page.locator("details output").text_content() == at
    gradients = page.locator("details.case td.d").all_text_contents()
    assert gradients[2] == "6" and told == []


def test_an_expression_that_is_typed_is_shown_or_what_is_wrong_with_it(opened: Any) -> None:
    page, told = opened
    after(page, lambda: page.locator(".expr").fill("tanh(x @ w)"))
    wrong = page.get_by_role("alert")
    assert "expression, column 10: unknown name 'w' (known here: x, y, z)" in wrong.text_content()
    after(page, lambda: page.locator(".expr").fill("x * y * z + <b>"))
    assert wrong.text_content() and page.locator("b:has-text('undefined')").count() == 0
    after(page, lambda: page.locator(".expr").fill("sigmoid(x) * y + z"))
    assert not wrong.text_content()
    assert "σ" in page.locator("details.case .circuit").text_content()
    page.get_by_role("button", name="Add an input").click()
    page.locator(".name").last.fill("w")
    after(page, lambda: page.locator(".expr").fill("x * y * z * w"))
    after(page, lambda: page.locator(".number").last.fill("[1, 2]"))
    assert not page.locator(".drag").last.is_visible() and not wrong.text_content()
    assert told == []


def test_the_circuit_goes_from_top_to_bottom_where_that_is_asked_for(
    opened: Any, tmp_path: Path
) -> None:
    page, told = opened
    svg = page.locator("details.case .circuit")
    assert "from left to right" in svg.get_attribute("aria-label")
    after(page, lambda: page.get_by_label("From top to bottom").check())
    assert "from top to bottom" in svg.get_attribute("aria-label")
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture", exact=True).click()
    download.value.save_as(tmp_path / "a.svg")
    assert "from top to bottom" in (tmp_path / "a.svg").read_text()
    assert not [text for text in told if not text.startswith("blob:")]


def test_what_is_taken_along_is_saved(opened: Any, tmp_path: Path) -> None:
    page, told = opened
    for button, start in {
        "Picture": "<svg",
        "Listing": "",
        "Case": "about",
        "Exercise": "#",
    }.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=button, exact=True).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.read_text().startswith(start)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "exercise.py", "listing.py", "playground.svg", "playground.yaml",
    ]  # fmt: skip
    assert not [text for text in told if not text.startswith("blob:")]


def test_no_violation_of_accessibility(opened: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _ = opened
    after(page, lambda: page.locator(".expr").fill("x * w"))
    for wide in (1280, 390):
        page.set_viewport_size({"width": wide, "height": 800})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
