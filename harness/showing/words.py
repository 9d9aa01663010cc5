"""The sentences about a verdict or a finding, by their ids: see :mod:`harness.languages`.

What is to be told travels as an id and fields; :func:`say` makes the sentence of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from harness import languages
from harness.languages.width import is_wide


def say(id: str, **fields: Any) -> str:
    """The sentence of an id, its fields filled in."""
    return languages.told("words", id, **fields)


def capital(text: str) -> str:
    """A sentence with a capital at its start; in a language without capitals as it is."""
    return text if any(map(is_wide, text)) else text[:1].upper() + text[1:]


LETTERS: Final[Mapping[str, str]] = {"forward": "", "backward": "d", "second": "dd"}
"""What stands before a step's name: nothing for its value, d for its gradient, dd for that of the
gradient."""


def called(name: str, direction: str = "forward") -> str:
    """A step's value or gradient as it is shown: its name in parentheses if it is an expression."""
    plain = re.fullmatch(r"\w+( #\d+)?", name)
    return LETTERS[direction] + (name if plain else f"({name})")
