"""What JavaScript adds to a page: the controls of a player, and those by which cases are found.

They lie in templates, so that a page without JavaScript has none.
"""

from __future__ import annotations

from harness.showing.words import say


def _button(to: str, text: str, label: str = "", kind: str = "") -> str:
    told = f' aria-label="{label}"' if label else ""
    told += f' class="{kind}"' if kind else ""
    return f'<button type="button" data-to="{to}"{told}>{text}</button>'


def _buttons(*rows: tuple[str, ...]) -> str:
    return "".join(_button(*row) for row in rows)


def _player() -> str:
    return (
        '<div class="player" role="group" tabindex="-1">'
        + '<b class="title staging"></b>'
        + _buttons(("first", "|◀", say("first-step")), ("back", "◀", say("step-back")))
        + f'<button type="button" data-to="play" aria-pressed="false">{say("play")}</button>'
        + _buttons(("next", "▶", say("next-step")), ("last", "▶|", say("last-step")))
        + f'<label>{say("step")} <input type="range" min="0"></label> <output></output>'
        + f'<button type="button" data-to="every" aria-pressed="false">{say("every")}</button>'
        + _buttons(("smaller", "−", say("smaller")), ("larger", "+", say("larger")))
        + _buttons(("fit", say("fit")), ("lecture", say("lecture"), "", "reading"))
        + _buttons(
            ("last-case", f"◀ {say('case')}", say("case-before"), "staging"),
            ("next-case", f"{say('case')} ▶", say("next-case"), "staging"),
            ("leave", say("leave"), "", "staging"),
        )
        + f'<small class="reading">{say("keys-and-lecture")}</small>'
        '<p class="words" aria-live="polite"></p></div>'
    )


def controls(hidden: bool = False) -> str:
    """The controls of a player; ``hidden`` where whoever takes scripts out may leave what lies in a
    template."""
    if hidden:
        return f'<script type="text/html" class="controls">{_player()}</script>'
    return f'<template class="controls">{_player()}</template>'


def _select(name: str) -> str:
    any_ = f'<option value="">{say("any")}</option>'
    return f'<label>{say(f"by-{name}")} <select name="{name}">{any_}</select></label>'


def finder() -> str:
    """The form by which cases are found."""
    return (
        '<template class="finding"><form class="finder" role="search">'
        f'<label>{say("search")} <input type="search" name="text"></label>'
        + "".join(map(_select, ("status", "finding", "level", "topic", "op", "tag")))
        + f'<button type="reset">{say("clear")}</button><output></output></form></template>'
    )
