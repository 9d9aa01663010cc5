"""Which language a command speaks: what is typed, else what is set, else the system's.

Only commands for students and lecturers speak another language than English; what is written for
programs is English everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from harness import languages
from harness.cli.command import Stop
from harness.configuration import ConfigurationError, SettingError, settings

OPTION: Final = "--lang"


def speak(words: Sequence[str]) -> None:
    """Speaks the language that the command line asks for, or what is there besides; raises Stop.
    The help is read in it, too, so that this comes before what is typed is read in full."""
    typed = next(_typed(words), None)
    try:
        languages.speak(languages.named(typed) if typed is not None else _usual())
    except languages.UnknownError as error:
        languages.speak(languages.ENGLISH)
        raise Stop(f"{OPTION}: {error}") from None


def _typed(words: Sequence[str]) -> Iterator[str]:
    for word, value in zip(words, [*words[1:], ""], strict=True):
        option, sign, own = word.partition("=")
        if option == OPTION:
            yield own if sign else value


def _usual() -> str:
    """The language where none is typed; raises Stop where one is set that there is not. What else
    is wrong with a file of settings is for whoever reads the others."""
    try:
        if (setting := settings({"language"}).get("language")) is not None:
            return str(setting.value)
    except SettingError as error:
        raise Stop(str(error)) from None
    except ConfigurationError:
        pass
    return languages.of_system()
