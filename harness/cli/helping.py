"""The help of commands, in the language that is spoken.

Its English stands with each command. The catalogue of another language has a text for a command,
its description and its arguments; one for arguments that several commands share.
"""

from __future__ import annotations

import argparse
from argparse import Action, HelpFormatter
from collections.abc import Iterable

from harness import languages
from harness.languages.width import folded


class Help(HelpFormatter):
    """Help whose own words are in the language, folded as that is."""

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


def settle() -> None:
    """Lets argparse, whose sentences are meant to be translated, say them in the language."""
    for name, told in (("_", _told), ("ngettext", _told_of_many)):
        setattr(argparse, name, told)


def _told(english: str) -> str:
    return languages.text("argparse", english, english)


def _told_of_many(one: str, many: str, count: int) -> str:
    return _told(one if count == 1 else many)


def _is_english() -> bool:
    return languages.spoken() == languages.ENGLISH
