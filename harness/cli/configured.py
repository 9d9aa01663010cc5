"""What a command takes from a project's settings where nothing is typed: see
:mod:`harness.configuration`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Mapping
from pathlib import Path

from harness.assignment.values import FILE
from harness.cli.command import Stop
from harness.cli.streams import aside
from harness.cli.words import said
from harness.configuration import FILE as SETTINGS
from harness.configuration import ConfigurationError, Setting, settings, told
from harness.language.levels import level_named


def which() -> str:
    """Asks for an engine."""
    return said("which-engine", file=SETTINGS)


def fill(given: Namespace) -> None:
    """Gives a command the settings that it knows, where no option says otherwise, and says which
    they are; raises Stop."""
    try:
        every = settings() if given.configured else {}
        used = _used(given, {key: every[key] for key in given.configured if key in every})
        for setting in used.values():
            _give(given, setting)
    except ConfigurationError as error:
        raise Stop(str(error)) from None
    for line in told(used):
        aside(line)


def engine_set(given: Namespace) -> str:
    """The engine that was typed or set; raises Stop where there is none."""
    if given.engine is None:
        raise Stop(which())
    return str(given.engine)


def _used(given: Namespace, every: dict[str, Setting]) -> dict[str, Setting]:
    """Those settings that count: an assignment names its engine and its cases itself."""
    typed = {key for key in ("engine", "assignment", "cases", "hidden") if vars(given).get(key)}
    typed |= {"levels"} if vars(given).get("level") or vars(given).get("upto") else set()
    assigned = "assignment" in given.configured and _is_assignment(typed, every)
    chosen = {"assignment"} if assigned else every.keys() - {"assignment"}
    return {key: one for key, one in every.items() if key in chosen - typed}


def _is_assignment(typed: Collection[str], every: Mapping[str, Setting]) -> bool:
    """Whether an assignment is asked: one that is typed, or set, or lies here, unless an engine is
    named as near to the command, or something that only an engine is asked."""
    if typed:
        return "assignment" in typed
    engine, own = every.get("engine"), every.get("assignment")
    if engine is not None and not engine.in_file and (own is None or own.in_file):
        return False
    return own is not None or Path(FILE).is_file()


def _give(given: Namespace, setting: Setting) -> None:
    """Puts a setting where an option would have put it."""
    if setting.key == "levels":
        given.level = [_level(text, setting.place) for text in setting.value]
    else:
        value = setting.value
        vars(given)[setting.key] = list(value) if setting.key == "cases" else value


def _level(text: str, place: str) -> str:
    try:
        return level_named(text)
    except ValueError as error:
        raise Stop(f"{place}: {error}") from None
