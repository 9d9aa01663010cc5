"""Which language a command speaks: what is typed, else what is set, else the system's.

Only commands for students and lecturers speak another language than English; what is written for
programs is English everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from harness import languages
from harness.cli.command import Stop
from harness.configuration import SettingError, language

OPTION: Final = "--lang"


def speak(words: Sequence[str]) -> None:
    """Speaks the language that the command line asks for, or what is there besides; raises Stop.
    The help is read in it, too, so that this comes before what is typed is read in full."""
    typed = next(_typed(words), None)
    try:
        languages.speak(languages.named(typed) if typed is not None else language())
    except languages.UnknownError as error:
        raise Stop(f"{OPTION}: {error}") from None
    except SettingError as error:
        raise Stop(str(error)) from None


def _typed(words: Sequence[str]) -> Iterator[str]:
    for word, value in zip(words, [*words[1:], ""], strict=True):
        option, sign, own = word.partition("=")
        if option == OPTION:
            yield own if sign else value
