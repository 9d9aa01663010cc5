"""The page of a playground: an expression and its inputs, and below them the case that they make.

What it shows is asked of the server that it comes from; everything else is the report's.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from harness.languages import spoken
from harness.showing.report import hash_of
from harness.showing.report.controls import controls
from harness.showing.report.look import of_page, script_of
from harness.showing.words import say

EXPORTS: Final = {
    "svg": "picture",
    "png": "take-png",
    "listing": "take-listing",
    "case": "case",
    "exercise": "take-exercise",
}
"""What can be taken along, and the message of its button."""


def _row() -> str:
    return (
        f'<template class="row"><div class="input"><label>{say("input")} '
        '<input class="name" size="6"></label> '
        '<label>= <input class="number" size="18"></label> '
        '<input type="range" class="drag"> '
        f'<button type="button" class="less">{say("remove")}</button></div></template>'
    )


def page(expr: str, inputs: Sequence[str]) -> str:
    """The page with an expression and inputs, each as NAME=VALUE."""
    buttons = "".join(
        f'<button type="button" data-export="{kind}">{say(label)}</button>'
        for kind, label in EXPORTS.items()
    )
    given = "".join(f"<li>{escape(text)}</li>" for text in inputs)
    return (
        f'<!doctype html>\n<html lang="{spoken()}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{say('playground')}</title>\n<style>{of_page()}</style></head>\n"
        "<body data-player>\n"
        f"<header><h1>{say('playground')}</h1></header>\n<main>\n"
        f'<form class="play"><label class="whole">{say("expression")} <input class="expr" '
        f'value="{escape(expr)}" spellcheck="false"></label>\n<div class="inputs"></div>\n'
        f'<p><button type="button" class="more">{say("add-input")}</button> '
        f'<label><input type="checkbox" class="down"> {say("downward")}</label> '
        f"{say('take')}{buttons}</p>\n"
        f'<ul class="given" hidden>{given}</ul></form>\n'
        f'<div class="told" role="alert"></div>\n<h2 class="sr">{say("its-circuit")}</h2>'
        f'<h3 class="sr">{say("both-passes")}</h3>\n<div class="place"></div>\n</main>\n'
        f"{controls()}{_row()}<script>{_script()}</script>\n</body></html>\n"
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
