"""What a command is: a table of its arguments, and a function of them that gives an exit status."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2
"""The exit statuses."""


class Stop(Exception):
    """A command could not be run; the message says why."""


class Argument(NamedTuple):
    """An option or an operand: its names, and what argparse is to know of it."""

    names: tuple[str, ...]
    settings: dict[str, Any]


def argument(*names: str, **settings: Any) -> Argument:
    """An entry of a command's table, written as argparse's ``add_argument`` is called."""
    return Argument(names, settings)


class OneOf(NamedTuple):
    """Arguments of which exactly one is given."""

    arguments: tuple[Argument, ...]


Arguments = Sequence[Argument | OneOf]


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its two texts of help, and its arguments in the order of its help."""

    run: Callable[[Namespace], int]
    name: str
    help: str
    description: str
    arguments: Arguments

    def add_to(self, commands: Any) -> None:
        """Makes argparse know it."""
        parser = commands.add_parser(self.name, help=self.help, description=self.description)
        parser.set_defaults(run=self.run)
        for entry in self.arguments:
            _add(parser, entry)


def _add(parser: argparse._ActionsContainer, entry: Argument | OneOf) -> None:
    if isinstance(entry, OneOf):
        group = parser.add_mutually_exclusive_group(required=True)
        for one in entry.arguments:
            _add(group, one)
    else:
        parser.add_argument(*entry.names, **entry.settings)


def command(
    name: str, *, help: str, description: str, arguments: Arguments = ()
) -> Callable[[Callable[[Namespace], int]], Command]:
    """Makes a command of the function that runs it."""
    return lambda run: Command(run, name, help, description, arguments)
