"""What a notebook shows: whole without JavaScript, apart from everything around it, never twice of
one name."""

from __future__ import annotations

import base64
import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from api.conftest import FORGETFUL, MENDED, class_of

import harness


def html(shown: Any) -> str:
    return str(shown._repr_html_())


def pictures(text: str) -> list[str]:
    """The images in it, as SVG that can be read."""
    packed = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    svgs = [base64.b64decode(one).decode() for one in packed]
    for one in svgs:
        assert ElementTree.fromstring(one).tag == "{http://www.w3.org/2000/svg}svg"
    return svgs


@pytest.fixture(scope="module")
def wrong() -> harness.Result:
    return harness.check(class_of(FORGETFUL), "x * y + x", x=3, y=-4)


def test_a_mistake_is_shown_with_its_circuit_its_player_and_lines_to_try_it(
    wrong: harness.Result,
) -> None:
    for shown in (wrong, wrong.findings[0], wrong.cases[0]):
        text = html(shown)
        (svg,) = pictures(text)
        assert "✗ yours 1.000" in svg and 'class="r k"' in svg
        assert 'class="player"' in text and "data-player" in text
        assert "print(y.grad)  # -9.0, should be -6" in unescape(text)
    assert "harness.explain(&#x27;overwrite&#x27;)" in html(wrong.findings[0]) or (
        "harness.explain('overwrite')" in html(wrong.findings[0])
    )


def test_where_the_engine_was_found_is_told_and_why_there_is_none(wrong: harness.Result) -> None:
    assert f"engine: {wrong.origin}" in html(wrong)
    here = harness.check(class_of(MENDED), level=1, in_process=True)
    assert all(f"<br>{note}" in html(here) for note in here.notes) and here.notes
    assert "no such file" in harness.EngineError("no such file")._render_traceback_()[-1]


def test_everything_is_there_without_javascript(wrong: harness.Result) -> None:
    text = re.sub(r"<script.*?</script>", "", html(wrong), flags=re.DOTALL)
    (svg,) = pictures(text)
    for number in ("3.000", "−4.000", "−12.000", "−9.000"):
        assert number in text and number in svg
    assert "|◀" not in text
    assert re.search(r'<details class="case"[^>]* open>', text)


def test_a_picture_needs_no_style_of_what_it_stands_in(wrong: harness.Result) -> None:
    (svg,) = pictures(html(wrong))
    assert "prefers-color-scheme: dark" in svg
    assert set(re.findall(r"var\((--\w+)\)", svg)) <= set(re.findall(r"(--\w+):", svg))
    (alt,) = re.findall(r'alt="([^"]+)"', html(wrong))
    assert "Wrong (dashed, purple): x." in alt


def test_styles_reach_nothing_outside(wrong: harness.Result) -> None:
    (css,) = re.findall(r"<style>(.*?)</style>", html(wrong), re.DOTALL)
    depth, outer = 0, ""
    for sign in css:
        outer += sign if depth == 0 and sign not in "{}" else ""
        depth += {"{": 1, "}": -1}.get(sign, 0)
        outer += ";" if sign == "}" and depth == 0 else ""
    rules = [one.strip() for one in outer.split(";") if one.strip()]
    assert depth == 0 and rules
    assert all(".harness" in one or one.startswith("@media") for one in rules), rules


def test_no_name_is_there_twice_in_a_notebook(wrong: harness.Result) -> None:
    shown = [wrong, wrong, wrong.findings[0], harness.explain("overwrite"), harness.explain("sum")]
    shown += [harness.draw("x * y", x=3, y=-4), harness.Case("lecture/staged")]
    texts = [part for text in map(html, shown) for part in (text, *pictures(text))]
    names = re.findall(r' id="([^"]+)"', "".join(texts))
    assert names and len(names) == len(set(names))


def test_what_an_engine_or_a_case_says_is_escaped() -> None:
    text = MENDED.replace("        return Value(self.data * ", "        raise TypeError('<b>')\n#")
    shown = html(harness.check(class_of(text), "x * x", x=3))
    assert "<b>'" not in shown and "TypeError: &lt;b&gt;" in shown


def test_a_suite_shows_its_levels_and_what_to_build_next() -> None:
    shown = unescape(html(harness.check(class_of(FORGETFUL), cases=["cases/lecture"])))
    assert "Next to build: sigmoid: 1 case; arrays: 1" in shown and "3 cases: 1 passed" in shown


def test_listing_and_comparison_are_code_and_a_table() -> None:
    value = class_of(FORGETFUL)
    assert "dx += y * dt1" in unescape(html(harness.listing("x * y + x", x=3, y=-4)))
    assert "<table" in html(harness.compare(lambda x, y: x * y + x, value(3.0), value(-4.0)))
