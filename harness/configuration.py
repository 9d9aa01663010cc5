"""What a project says once, so that nobody has to type it at every command.

It stands in ``[tool.harness]`` of the nearest pyproject.toml that has such a table, from the
current folder upwards, or in variables such as ``HARNESS_ENGINE``. A variable comes before the
file, and an option on the command line before both.

This is read in every run of pytest, so that what a run without settings does not need is imported
where there are some.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness import languages
from harness.files import beginning

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.harness"
LARGEST: Final = 1 << 20
"""Bytes of a pyproject.toml that is read."""
VARIABLES: Final = {"language": "HARNESS_LANG"}
"""What a key's variable is called, where it is not called after the key."""
BUILTIN: Final = "builtin"
ON_DISK: Final = re.compile(r"(.+\.(?:py|ipynb|yaml))(:\w+)?")
"""A file, and of an engine the class in it."""


class ConfigurationError(Exception):
    """A setting cannot be what it is; the message says where it stands, and what it may be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What ``key`` is set to: a text, or several; ``place`` is where, for a person to look at."""

    key: str
    value: Any
    place: str

    @property
    def in_file(self) -> bool:
        """Whether it stands in a file, and not in a variable."""
        return ":" in self.place

    @property
    def source(self) -> str:
        """The file, or the variable."""
        return re.sub(r":\d+:\d+$", "", self.place)

    def __str__(self) -> str:
        texts = [self.value] if isinstance(self.value, str) else self.value
        return f"{self.key} {', '.join(texts)}"


class SettingError(ConfigurationError):
    """The file can be read, and it is a setting in it, or a variable, that is wrong."""


class _WrongValue(Exception):
    """What a value should be."""


def settings(only: Collection[str] = ()) -> dict[str, Setting]:
    """All that is set for the current folder, by key, or ``only`` these keys; raises
    :class:`ConfigurationError`."""
    file = nearest()
    own = {} if file is None else {one.key: one for one in _of_file(file, only)}
    return own | {one.key: one for one in _of_variables(only)}


def language() -> str:
    """The language that is set for the current folder, else the system's; raises
    :class:`SettingError`. What else is wrong with a file of settings is for whoever reads that."""
    try:
        setting = settings({"language"}).get("language")
    except SettingError:
        raise
    except ConfigurationError:
        setting = None
    return languages.of_system() if setting is None else str(setting.value)


def nearest() -> Path | None:
    """The pyproject.toml whose table counts here; None where there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if b"harness" in beginning(folder / FILE, LARGEST) and _has_table(folder / FILE):
            return folder / FILE
    return None


def told(used: Mapping[str, Setting]) -> Iterator[str]:
    """A line for each source of what is used."""
    sources = dict.fromkeys(one.source for one in used.values())
    for source in sources:
        own = "; ".join(str(one) for one in used.values() if one.source == source)
        yield languages.told("api", "set-by", source=source, own=own)


# -- a file ----------------------------------------------------------------------------------------


def _has_table(path: Path) -> bool:
    """Whether there is a table of ours; a file that cannot be read may have one."""
    try:
        tools = _parsed(path).get("tool")
        return isinstance(tools, dict) and "harness" in tools
    except ConfigurationError:
        return b"[tool.harness" in beginning(path, LARGEST)


def _parsed(path: Path) -> dict[str, Any]:
    import tomllib

    text = beginning(path, LARGEST)
    try:
        return tomllib.loads(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise ConfigurationError(languages.told("api", "no-utf8", shown=_shown(path))) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
        end = str(len(text.splitlines())), "1"
        line, column = place.groups() if place else end  # it has missed something up to there
        what = str(error).partition(" (at ")[0]
        raise ConfigurationError(f"{_shown(path)}:{line}:{column}: {what}") from None


def _of_file(path: Path, only: Collection[str]) -> Iterator[Setting]:
    """The settings of a file's table, its paths as seen from the current folder."""
    table = _parsed(path)["tool"]["harness"]
    if not isinstance(table, dict):
        raise ConfigurationError(
            languages.told("api", "is-a-table", place=_place(path, "harness"), table=TABLE)
        )
    for key, value in table.items():
        if only and key not in only:
            continue
        place = _place(path, key)
        setting = _checked(key, value, place, KINDS.get(key))
        yield Setting(key, _from_here(setting, key, path.parent), place)


def _checked(key: str, value: Any, place: str, kind: Callable[[Any], Any] | None) -> Any:
    """The value of a key, as its kind has it."""
    if kind is None:
        from difflib import get_close_matches

        near = "".join(
            languages.told("api", "did-you-mean", one=one)
            for one in get_close_matches(key, KINDS, 1)
        )
        known = ", ".join(KINDS)
        raise SettingError(
            languages.told("api", "no-setting", place=place, key=key, near=near, known=known)
        )
    try:
        return kind(value)
    except _WrongValue as error:
        raise SettingError(
            languages.told("api", "wrong-value", place=place, key=key, error=error, value=value)
        ) from None


def _place(path: Path, key: str) -> str:
    """Where a key stands, which is not told with its value."""
    wanted = re.compile(rf"""^\s*(?:tool\s*\.\s*)?(?:harness\s*\.\s*)?["']?({re.escape(key)})\b""")
    inside = False
    lines = beginning(path, LARGEST).decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        header = re.match(r"\s*\[+\s*([\w.\s\"'-]+)\]", line)
        if header:
            inside = re.sub(r"[\s\"']", "", header[1]) in ("tool", TABLE)
        elif (inside or "harness" in line) and (key_there := wanted.match(line)):
            return f"{_shown(path)}:{number}:{key_there.start(1) + 1}"
    own = (number for number, line in enumerate(lines, 1) if "harness" in line)
    return f"{_shown(path)}:{next(own, 1)}:1"


def _from_here(value: Any, key: str, folder: Path) -> Any:
    """A value with its paths, which count from the file's folder, as seen from the current one."""
    if key == "cases":
        return tuple(_seen(text, folder) for text in value)
    if key in ("engine", "assignment") and (parts := ON_DISK.fullmatch(value)):
        return _shown(folder / parts[1]) + (parts[2] or "")
    return value


def _seen(text: str, folder: Path) -> str:
    """A folder of cases; what is not there is looked for elsewhere, by this name."""
    return _shown(folder / text) if text != BUILTIN and (folder / text).exists() else text


def _shown(path: Path) -> str:
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


# -- variables, and kinds --------------------------------------------------------------------------


def _of_variables(only: Collection[str]) -> Iterator[Setting]:
    """What is set in the environment; a variable that is empty sets nothing."""
    for key in only or KINDS:
        name = VARIABLES.get(key, f"HARNESS_{key.upper()}")
        if text := os.environ.get(name):
            separator = {"cases": os.pathsep, "levels": ","}.get(key)
            value = text if separator is None else text.split(separator)
            yield Setting(key, _checked(key, value, name, KINDS[key]), name)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongValue(languages.told("api", "a-text"))
    return value


def _places(value: Any) -> tuple[str, ...]:
    """One path, or several."""
    every = value if isinstance(value, list) else [value]
    if not every or not all(isinstance(one, str) and one for one in every):
        raise _WrongValue(languages.told("api", "paths"))
    return tuple(every)


def _levels(value: Any) -> tuple[str, ...]:
    """One level, or several, by number or name; whether there are such levels is asked later."""
    every = value if isinstance(value, list) else [value]
    if not every or not all(isinstance(one, int | str) and one is not True for one in every):
        raise _WrongValue(languages.told("api", "levels"))
    return tuple(str(one).strip() for one in every)


def _language(value: Any) -> str:
    with suppress(languages.UnknownError):
        return languages.named(str(value))
    raise _WrongValue(languages.told("api", "one-of", known=", ".join(languages.known())))


KINDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "engine": _text,
    "cases": _places,
    "assignment": _text,
    "language": _language,
    "levels": _levels,
}
"""The settings that there are, and what reads each."""
