"""The page of a playground: an expression and its inputs, and below them the case that they make.

What it shows is asked of the server that it comes from; everything else is the report's.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from harness.showing.report import hash_of
from harness.showing.report.controls import CONTROLS
from harness.showing.report.look import of_page, script_of

EXPORTS: Final = {
    "svg": "Picture",
    "png": "PNG",
    "listing": "Listing",
    "case": "Case",
    "exercise": "Exercise",
}
"""What can be taken along, and what its button says."""

ROW: Final = (
    '<template class="row"><div class="input"><label>Input <input class="name" size="6"></label> '
    '<label>= <input class="number" size="18"></label> '
    '<input type="range" class="drag"> <button type="button" class="less">Remove</button></div>'
    "</template>"
)


def page(expr: str, inputs: Sequence[str]) -> str:
    """The page with an expression and inputs, each as NAME=VALUE."""
    buttons = "".join(
        f'<button type="button" data-export="{kind}">{label}</button>'
        for kind, label in EXPORTS.items()
    )
    given = "".join(f"<li>{escape(text)}</li>" for text in inputs)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>Playground</title>\n<style>{of_page()}</style></head>\n<body data-player>\n"
        "<header><h1>Playground</h1></header>\n<main>\n"
        f'<form class="play"><label class="whole">Expression <input class="expr" '
        f'value="{escape(expr)}" spellcheck="false"></label>\n<div class="inputs"></div>\n'
        f'<p><button type="button" class="more">Add an input</button> Take along: {buttons}</p>\n'
        f'<ul class="given" hidden>{given}</ul></form>\n'
        '<div class="told" role="alert"></div>\n<h2 class="sr">Its circuit</h2>'
        '<h3 class="sr">Both passes</h3>\n<div class="place"></div>\n</main>\n'
        f"{CONTROLS}{ROW}<script>{_script()}</script>\n</body></html>\n"
    )


def policy() -> str:
    """What the page may load: its own style and script, and answers of its own server."""
    return (
        f"default-src 'none'; style-src '{hash_of(of_page())}'; script-src '{hash_of(_script())}'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _script() -> str:
    return script_of("playing.js")
