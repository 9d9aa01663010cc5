"""What a command is: a table of its arguments, and a function of them that gives an exit status.

Arguments that several commands share stand here, and the types of those that are more than text.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import methodcaller
from pathlib import PurePosixPath
from typing import Any, Final

from harness import languages
from harness.cli import helping
from harness.cli.words import said
from harness.grading import submissions
from harness.grading.fence import TIMEOUT
from harness.judging.oracle import ORACLES
from harness.language.levels import chosen, level_named
from harness.vocabulary.program import DTYPES

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2
"""The exit statuses."""


class Stop(Exception):
    """A command could not be run; the message says why."""


@contextmanager
def cut_short(told: Callable[[], str]) -> Iterator[None]:
    """Where Ctrl-C stops the command with a word on what is done by then."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stop(said("interrupted-told", told=told())) from None


Argument = Callable[[Any], object]
"""An option or an operand: what makes one of argparse's parsers know it."""


def argument(*names: str, **settings: Any) -> Argument:
    """An entry of a command's table, written as argparse's ``add_argument`` is called."""
    return methodcaller("add_argument", *names, **settings)


LANG: Final = argument(
    "--lang",
    metavar="LANGUAGE",
    help=f"what is spoken: {', '.join(languages.known())}. Default: what is set in pyproject.toml "
    "or HARNESS_LANG, else the system's language, else English",
)


def one_of(*arguments: Argument) -> Argument:
    """Arguments of which exactly one is given."""

    def add(parser: Any) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        for argument in arguments:
            argument(group)

    return add


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its two texts of help, its arguments in the order of its help, the settings of a
    project that it reads, and whether it speaks other languages than English."""

    run: Callable[[Namespace], int]
    name: str
    help: str
    description: str
    arguments: Sequence[Argument]
    configured: Sequence[str] = ()
    speaks: bool = False

    def add_to(self, commands: Any) -> None:
        """Makes argparse know it."""
        parser = _added(commands, self)
        parser.set_defaults(run=self.run, parser=parser, configured=self.configured)
        for argument in (*self.arguments, *[LANG] * self.speaks):
            argument(parser)
        helping.translate(self.name, parser._actions)


def _added(commands: Any, one: Command | Family) -> Any:
    """The parser of a command, with its help in the language."""
    description = helping.of_command(one.name, one.description, "description")
    told = helping.of_command(one.name, one.help)
    return commands.add_parser(
        one.name, help=told, description=description, formatter_class=helping.Help
    )


@dataclass(frozen=True, slots=True)
class Family:
    """Commands of one thing, such as a gradebook; the first is what is meant where none is named,
    as long as something else is."""

    name: str
    help: str
    description: str
    inner: Sequence[Command]

    def add_to(self, commands: Any) -> None:
        """Makes argparse know them."""
        parser = _added(commands, self)
        own = parser.add_subparsers(required=True, metavar="WHAT")
        for one in self.inner:
            one.add_to(own)

    def meant(self, words: Sequence[str]) -> list[str]:
        """What was typed, with the first command where none is named."""
        known = {one.name for one in self.inner}
        whole = words[:1] == [self.name] and len(words) > 1
        if not whole or words[1] in (*known, "-h", "--help"):
            return list(words)
        return [self.name, self.inner[0].name, *words[1:]]


def command(
    name: str,
    *,
    help: str,
    description: str,
    arguments: Sequence[Argument] = (),
    configured: Sequence[str] = (),
    speaks: bool = False,
) -> Callable[[Callable[[Namespace], int]], Command]:
    """Makes a command of the function that runs it."""
    return lambda run: Command(run, name, help, description, arguments, configured, speaks)


# -- types -----------------------------------------------------------------------------------------


def number_of(what: str, holds: Callable[[float], bool]) -> Callable[[str], float]:
    """The type of a number of which something holds; of another it is said that it is no
    ``what``."""

    def read(text: str) -> float:
        with suppress(ValueError):
            if holds(number := float(text)):
                return number
        raise ArgumentTypeError(said("is-no", text=text, what=said(what)))

    return read


SECONDS: Final = number_of("seconds-above-0", lambda seconds: 0 < seconds < 1e6)
SHARE: Final = number_of("share", lambda share: 0 < share <= 1)


def count(text: str) -> int:
    """The type of a whole number above 0."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise ArgumentTypeError(said("no-whole-number", text=text))
    return int(text)


def entry(text: str) -> str:
    """The type of ``--entry``: the path of a Python file in a submission."""
    path = PurePosixPath(text)
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts or str(path) != text:
        raise ArgumentTypeError(said("no-entry", text=text, entry=submissions.ENTRY))
    return text


# -- an engine, and what it is judged on -----------------------------------------------------------

ENGINE_HELP: Final = (
    "a file (my_engine.py, my.ipynb) or a module (my.engine), each with the class's name after a "
    "colon or not (my_engine.py:Tensor), or an engine that is installed, such as peer:micrograd"
)
ENGINE: Final = argument("engine", help=ENGINE_HELP)
ENGINE_OR_SET: Final = argument(
    "engine",
    nargs="?",
    help=f"{ENGINE_HELP}. Left out: the one that is set in pyproject.toml or HARNESS_ENGINE",
)
ENGINE_OPTION: Final = argument("--engine", help=ENGINE_HELP)

ASSIGNMENT: Final = argument(
    "--assignment",
    metavar="FILE",
    help="an assignment.yaml, which says what is asked, by which rules, and what it is worth",
)
CASES: Final = argument(
    "--cases",
    action="append",
    default=[],
    metavar="DIR",
    help="a folder of cases or a single one, in place of the built-in suite; may be repeated, and "
    "'builtin' is the built-in suite: --cases builtin --cases DIR judges on both, where a case of "
    "yours takes the place of the built-in one with the same id",
)
ORACLE: Final = argument(
    "--oracle",
    choices=ORACLES,
    help="where the truth comes from: torch itself, or its numbers as recorded beside the "
    "cases. Default: what is recorded, and torch where nothing is",
)
DTYPE: Final = argument(
    "--dtype",
    choices=DTYPES,
    help="judge in this precision. Default: float64, and float32 where the engine is found to "
    "compute in that",
)


def level(text: str) -> str:
    """The type of a level of the ladder."""
    try:
        return level_named(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


LADDER: Final = (
    argument(
        "--level",
        type=level,
        action="append",
        default=[],
        metavar="LEVEL",
        help="only the cases of this level of the ladder, by its number or name (3, 'reuse and "
        "order', or a beginning: reuse); may be repeated",
    ),
    argument("--upto", type=level, metavar="LEVEL", help="only the cases up to this level"),
)
"""Which levels of the ladder are run."""


def levels_of(given: Namespace) -> Collection[str]:
    """The levels that are asked for."""
    return chosen(given.level, given.upto)


FENCE: Final = (
    argument(
        "--timeout",
        type=SECONDS,
        default=TIMEOUT,
        metavar="SECONDS",
        help="how long an engine may compute on one case (default: %(default)g)",
    ),
    argument(
        "-s",
        "--show-output",
        action="store_true",
        help="show what the engine prints (on stderr) instead of counting it",
    ),
    argument(
        "--in-process",
        action="store_true",
        help="run the engine in this very process, for a debugger: without any limit",
    ),
)
"""How an engine is run."""

BY_HAND: Final = (
    argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of a backward pass written by hand: run it with x=3, or x=[[1, 2], [3, 4]], in place "
        "of what the file assigns; may be repeated",
    ),
    argument(
        "--gradient",
        action="append",
        default=[],
        metavar="NAME=STEP",
        help="of a backward pass written by hand: NAME holds the gradient of STEP; may be repeated",
    ),
)
"""How staged code is run and read."""

# -- a class ---------------------------------------------------------------------------------------

CLASS, EACH_ONE, NONE = VARIES = ("class", "each", "none")
"""For whom inputs are drawn."""


def vary(default: str | None, told: str = "%(default)s") -> Argument:
    """The option that says for whom inputs are drawn; ``told`` is what its help says of that."""
    return argument(
        "--vary",
        choices=VARIES,
        default=default,
        help="draw inputs anew, which ask the same on other numbers, for the class or for each "
        "submission, so that no table of the recorded numbers has points; or take those of the "
        f"files (none). Default: {told}",
    )
