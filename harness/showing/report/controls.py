"""What JavaScript adds to a page: the controls of a player, and those by which cases are found.

They lie in templates, so that a page without JavaScript has none.
"""

from __future__ import annotations

from typing import Final


def _button(to: str, text: str, label: str = "", kind: str = "") -> str:
    told = f' aria-label="{label}"' if label else ""
    told += f' class="{kind}"' if kind else ""
    return f'<button type="button" data-to="{to}"{told}>{text}</button>'


def _buttons(*rows: tuple[str, ...]) -> str:
    return "".join(_button(*row) for row in rows)


PLAYER: Final = (
    '<div class="player" role="group" tabindex="-1">'
    + '<b class="title staging"></b>'
    + _buttons(("first", "|◀", "First step"), ("back", "◀", "Step back"))
    + '<button type="button" data-to="play" aria-pressed="false">Play</button>'
    + _buttons(("next", "▶", "Next step"), ("last", "▶|", "Last step"))
    + '<label>Step <input type="range" min="0"></label> <output></output>'
    + '<button type="button" data-to="every" aria-pressed="false">All numbers</button>'
    + _buttons(("smaller", "−", "Smaller"), ("larger", "+", "Larger"), ("fit", "Fit"))
    + _buttons(
        ("lecture", "Lecture", "", "reading"),
        ("last-case", "◀ Case", "Case before", "staging"),
        ("next-case", "Case ▶", "Next case", "staging"),
        ("leave", "Leave", "", "staging"),
    )
    + '<small class="reading">Keys, here: ← → step, Home, End, space plays, l lecture</small>'
    '<p class="words" aria-live="polite"></p></div>'
)
CONTROLS: Final = f'<template class="controls">{PLAYER}</template>'
HIDDEN: Final = f'<script type="text/html" class="controls">{PLAYER}</script>'
"""The same where whoever takes scripts out may leave what lies in a template."""


def _select(name: str, label: str) -> str:
    return f'<label>{label} <select name="{name}"><option value="">any</option></select></label>'


FINDER: Final = (
    '<template class="finding"><form class="finder" role="search">'
    '<label>Search <input type="search" name="text"></label>'
    + _select("status", "Status")
    + _select("finding", "Finding")
    + _select("level", "Level")
    + _select("topic", "Topic")
    + _select("op", "Operation")
    + _select("tag", "Tag")
    + '<button type="reset">Clear</button><output></output></form></template>'
)
