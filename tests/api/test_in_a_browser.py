"""What a notebook shows, in a real browser: it plays, keeps to itself, and is whole without a
script and without a style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api.conftest import FORGETFUL, class_of
from browser import PATIENCE, address, browser

import harness


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with two outputs, and a field to type in."""
    value = class_of(FORGETFUL)
    shown = [harness.check(value, "x * y + x", x=3, y=-4), harness.explain("overwrite")]
    path = tmp_path_factory.mktemp("notebook") / "notebook.html"
    outputs = "".join(one._repr_html_() for one in shown)
    body = f'<body data-jp-theme-light="false"><textarea></textarea>{outputs}</body>'
    path.write_text(f"<!doctype html><meta charset=utf-8>{body}", encoding="utf-8")
    return path


def opened(chromium: Any, path: Path, **settings: Any) -> Any:
    page = chromium.new_context(**settings).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address(path))
    return page


def test_it_plays_and_leaves_the_notebooks_keys_alone(chromium: Any, notebook: Path) -> None:
    page = opened(chromium, notebook)
    assert page.locator(".picture svg").count() == 2 and page.locator("img.still").count() == 0
    count = page.locator(".player output")
    whole = count.inner_text()
    page.locator("textarea").press_sequentially("a b")
    page.locator("textarea").press("Home")
    assert page.locator("textarea").input_value() == "a b" and count.inner_text() == whole
    page.locator("[data-to=first]").click()
    page.locator("[data-to=next]").press("ArrowRight")
    assert count.inner_text().startswith("1 of ")


def test_its_colours_are_those_of_the_notebooks_theme(chromium: Any, notebook: Path) -> None:
    colour = "one => getComputedStyle(one).backgroundColor"
    page = opened(chromium, notebook, color_scheme="light")
    dark = page.locator(".harness").first.evaluate(colour)
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    light = page.locator(".harness").first.evaluate(colour)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(21, 24, 28)")


def test_a_notebook_that_nobody_trusts_still_shows_its_circuits(
    chromium: Any, notebook: Path, tmp_path: Path
) -> None:
    """Scripts and style sheets are taken out, as Jupyter does it, and templates lose their tags."""
    text = notebook.read_text(encoding="utf-8")
    text = re.sub(r"<(script|style).*?</\1>|</?template[^>]*>", "", text, flags=re.DOTALL)
    bare = tmp_path / "bare.html"
    bare.write_text(text, encoding="utf-8")
    page = opened(chromium, bare, java_script_enabled=False)
    images = page.locator("img.still")
    assert images.count() == 2
    assert all(images.nth(i).bounding_box()["width"] > 100 for i in range(2))
    assert page.locator("button").count() == 0
