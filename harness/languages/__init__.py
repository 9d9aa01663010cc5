"""The languages that the harness speaks: for each a folder with its catalogue of messages, here or
in a folder that ``HARNESS_LANGUAGES`` names.

A catalogue is one or more TOML files of sections, in which each message has its id; its fields
stand in braces. What is counted has a form for 1 and one for all ``other`` numbers where the
language tells them apart. Another language is another folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

ENGLISH: Final = "en"
"""Also the language of all that is written for programs, whatever is spoken."""
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says which language a system speaks; the first one that is set counts."""
NAMES: Final = frozenset({"direction", "side", "level", "status", "what", "ways", "slip"})
"""Fields that hold one of a few words, which are messages themselves."""
FOLDERS: Final = "HARNESS_LANGUAGES"
"""The variable that names folders with more languages."""

MOST_LACKS: Final = 1000
"""So many are kept as they were told: engines lack the same in every case."""

FIELDS: Final = {
    "op": r"\w+",
    "name": r"\w+",
    "symbol": r"[^\w\s]+",
    "count": r"[\d,]+",
    "operands": r"\w+(?:, \w+)*",
    "axes": r"a number|1 axis|\d+ axes",
    "axes2": r"a number|1 axis|\d+ axes",
    "aside": r".*",
    "lack": r".+?",
    "wanted": r"\w+(?:, \w+)*",
}
"""What stands in fields of a sentence that is recognised; anything in those of other names."""

_spoken: list[str] = []


class UnknownError(LookupError):
    """The harness does not speak that language; the message names those that it does."""


# -- which one -------------------------------------------------------------------------------------


@cache
def known() -> tuple[str, ...]:
    """The languages that there are, English first."""
    every = (folder.name for place in _places() if place.is_dir() for folder in place.iterdir())
    return ENGLISH, *sorted({name for name in every if any(_files(name))} - {ENGLISH})


@cache
def _places() -> Sequence[Traversable]:
    """The folders in which languages lie, this one first."""
    own = os.environ.get(FOLDERS, "").split(os.pathsep)
    return files("harness.languages"), *(Path(text) for text in own if text)


def _files(language: str) -> Iterator[Traversable]:
    """Those of a language."""
    for folder in (place / language for place in _places()):
        if folder.is_dir():
            own = (path for path in folder.iterdir() if path.name.endswith(".toml"))
            yield from sorted(own, key=lambda path: path.name)


def named(text: str) -> str:
    """The language of that name, which may be a locale's: ``zh``, ``zh-CN``, ``zh_CN.UTF-8``.
    Raises :class:`UnknownError`."""
    if (language := _of_locale(text)) is not None:
        return language
    raise UnknownError(f"{text!r} is none of the languages that there are: {', '.join(known())}")


def of_system() -> str:
    """The system's language, or English where the harness does not speak it."""
    text = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return _of_locale(text) or ENGLISH


def _of_locale(text: str) -> str | None:
    whole = text.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    every = {name.lower(): name for name in known()}
    return every.get(whole) or every.get(whole.partition("_")[0])


def spoken() -> str:
    """The language that is spoken now; English where none was chosen."""
    return _spoken[-1] if _spoken else ENGLISH


def is_chosen() -> bool:
    """Whether a language was chosen."""
    return bool(_spoken)


def speak(language: str) -> None:
    """From now on that language is spoken."""
    _spoken[:] = [language]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Where that language is spoken."""
    _spoken.append(language)
    try:
        yield
    finally:
        _spoken.pop()


def prepare(language: str) -> None:
    """From now on that language is spoken, also where its catalogue cannot be read any more."""
    speak(language)
    for name in {ENGLISH, language}:
        catalogue(name)


# -- what is said ----------------------------------------------------------------------------------


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, Any]]:
    """The messages of a language, by section and id."""
    sections: dict[str, dict[str, Any]] = {}
    for path in _files(language):
        for section, messages in tomllib.loads(path.read_text(encoding="utf-8")).items():
            sections.setdefault(section, {}).update(messages)
    return sections


def text(section: str, id: str, english: str | None = None) -> str:
    """A message as it stands in the catalogue. One whose English stands elsewhere, and is given
    here, is that where the language does not have it."""
    own = catalogue(spoken()).get(section, {}).get(id, english)
    return str(catalogue(ENGLISH)[section][id] if own is None else own)


def told(section: str, id: str, /, **fields: Any) -> str:
    """A message with its fields filled in."""
    return text(section, id).format_map({name: _named(name, it) for name, it in fields.items()})


def _named(field: str, value: Any) -> Any:
    """What stands in a field, in the language."""
    return name(field, value) if field in NAMES and isinstance(value, str) else value


def name(field: str, value: str) -> str:
    """One of the few words that a field may hold, such as a direction."""
    return text(field, value, value)


def lack(english: str) -> str:
    """What an engine lacks, in the language: by the message of the catalogue that it is. In data it
    is told in English, as the name of what is to be built; a name that is no message stays."""
    return _lack(english, spoken())


@lru_cache(MOST_LACKS)
def _lack(english: str, _: str) -> str:
    """The same, in the language that is spoken."""
    for pattern, id in _lacks():
        if (lacking := pattern.fullmatch(english)) is not None:
            return told("lack", id, **{name: lack(it) for name, it in lacking.groupdict().items()})
    return english


@cache
def _lacks() -> Sequence[tuple[re.Pattern[str], str]]:
    """The patterns of what may lack, those first that say most by themselves, each with its id."""
    every = catalogue(ENGLISH)["lack"]
    ordered = sorted(every, key=lambda id: -len(re.sub(r"\{\w+\}", "", every[id])))
    return [(re.compile(_pattern(every[id]), re.DOTALL), id) for id in ordered]


def _pattern(text: str) -> str:
    """What a sentence is recognised by: its words, and in its fields anything, or what stands in
    those of that name."""
    return "".join(
        f"(?P<{part[1:-1]}>{FIELDS.get(part[1:-1], '.+?')})" if part[:1] == "{" else re.escape(part)
        for part in re.split(r"(\{\w+\})", text)
    )


def amount(number: int, what: str) -> str:
    """So many of something: ``1 case``, ``2,000 cases``."""
    forms = catalogue(spoken()).get("amount", {}).get(what) or catalogue(ENGLISH)["amount"][what]
    form = forms if isinstance(forms, str) else forms.get(str(number), forms["other"])
    return str(form.format(count=number))
