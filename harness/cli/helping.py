"""The help of commands, in the language that is spoken.

Its English stands with each command. The catalogue of another language has a text for a command,
its description and its arguments; one for arguments that several commands share.
"""

from __future__ import annotations

from argparse import Action, HelpFormatter
from collections.abc import Iterable
from typing import Any

from harness import languages
from harness.languages.width import folded


class Help(HelpFormatter):
    """Help whose own words are in the language, folded as that is."""

    def add_usage(
        self, usage: str | None, actions: Iterable[Action], groups: Any, prefix: str | None = None
    ) -> None:
        own = languages.told("words", "usage") if prefix is None else prefix
        super().add_usage(usage, actions, groups, own)

    def start_section(self, heading: str | None) -> None:
        super().start_section(languages.name("heading", heading) if heading else heading)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return super()._split_lines(text, width) if _is_english() else folded(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if _is_english():
            return super()._fill_text(text, width, indent)
        return "\n".join(indent + line for line in folded(text, width - len(indent)))


def of_command(name: str, english: str, what: str = "") -> str:
    """The help of a command, or its description."""
    return languages.text("help", f"{name} {what}".rstrip(), english)


def translate(command: str, actions: Iterable[Action]) -> None:
    """Puts the help of a command's arguments in the place of the English one."""
    for action in () if _is_english() else actions:
        if action.help is not None:
            name = action.option_strings[-1] if action.option_strings else action.dest
            shared = languages.text("help", name, action.help)
            action.help = languages.text("help", f"{command} {name}", shared)


def _is_english() -> bool:
    return languages.spoken() == languages.ENGLISH
