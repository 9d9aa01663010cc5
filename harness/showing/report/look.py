"""The look of a page, and of what a notebook shows: one style sheet, light, dark and in print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from harness.languages import ENGLISH, catalogue, spoken
from harness.showing import picture

LIGHT: Final = (
    "color-scheme: light; --paper: #fff; --ink: #1f2328; --faint: #57606a; --line: #d0d7de; "
    "--soft: #f6f8fa; --green: #007a5a; --red: #c7360a; --purple: #6a0dad; --lit: #fff3bf; "
    "--focus: #0550ae; --orange: #e66100; --blue: #2b6fd4"
)
DARK: Final = (
    "color-scheme: dark; --paper: #15181c; --ink: #e6e9ec; --faint: #a3adb8; --line: #3d444d; "
    "--soft: #21262d; --green: #3fcf9e; --red: #ff9168; --purple: #d6a3ff; --lit: #4d4215; "
    "--focus: #79b8ff; --orange: #f07818; --blue: #4b8df0"
)
PRINT: Final = f"{LIGHT}; --soft: #fff; --lit: #fff"

TEXT: Final = 'font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; color: var(--ink)'
PAGE: Final = f"""body {{ {TEXT}; background: var(--paper);
  margin: 0 auto; max-width: 1500px; padding: 12px 20px }}"""
INSIDE: Final = f""".harness {{ {TEXT}; background: var(--paper); padding: 8px 12px }}
.harness :is(h3, h4) {{ font-weight: 700 }}"""

OWN: Final = ".harness.harness"
"""What is within, named twice, so that it counts for more than what Jupyter says of its outputs."""

THEMES: Final = {
    LIGHT: ('[data-jp-theme-light="true"]', ".vscode-light", '[data-md-color-scheme="default"]'),
    DARK: ('[data-jp-theme-light="false"]', ".vscode-dark", '[data-md-color-scheme="slate"]'),
}
"""How JupyterLab, Visual Studio Code and the documentation say which theme they have, whatever the
system's is."""


def of_page() -> str:
    """The style sheet of a page of its own."""
    return "\n".join([_colours(":root"), picture.style_sheet(), PAGE, _rules(), _printed(":root")])


def of_notebook() -> str:
    """The style sheet of what stands within another page: it reaches nothing outside of it."""
    themes = [f"{theme} .harness {{ {own} }}" for own, every in THEMES.items() for theme in every]
    inner = f"{OWN} {{\n{picture.style_sheet()}\n{_rules()}}}"
    return "\n".join([_colours(".harness"), *themes, INSIDE, inner, _printed(".harness")])


def of_picture() -> str:
    """The style sheet of a picture that is shown as an image, in light or in dark."""
    paper = ".paper { fill: var(--paper) }"
    colours = _colours(".circuit")
    return "\n".join([colours, picture.style_sheet(), asset("circuit.css"), paper])


def _colours(root: str) -> str:
    dark = f"@media (prefers-color-scheme: dark) {{ {root} {{ {DARK} }} }}"
    return f"{root} {{ {LIGHT} }}\n{dark}"


def _printed(root: str) -> str:
    return f"@media print {{ {root} {{ {PRINT} }} }}"


@cache
def _rules() -> str:
    return f"{asset('circuit.css')}{asset('page.css')}"


def script_of(*more: str) -> str:
    """The script of all that plays: a page of its own, or what stands within a notebook; and
    ``more`` files beside this one. It says what the catalogue has."""
    phrases = {**catalogue(ENGLISH)["script"], **catalogue(spoken()).get("script", {})}
    return _script(json.dumps(phrases, ensure_ascii=False), more)


@cache
def _script(phrases: str, more: Sequence[str]) -> str:
    parts = f"var phrases = {phrases};\n" + "".join(
        map(asset, ("player.js", "finder.js", "opening.js", *more))
    )
    players = 'document.querySelectorAll("[data-player]:not([data-ready])")'
    return f'"use strict";\n{players}.forEach(function (root) {{\n{parts}}});\n'


@cache
def asset(name: str) -> str:
    """The text of a file beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
