"""Commands as tables: what argparse makes of them, and what their arguments may be."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from harness.cli import COMMANDS
from harness.cli.command import SECONDS, SHARE, Command, argument, command, count, entry, one_of


def parser_of(*commands: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    places = parser.add_subparsers()
    for one in commands:
        one.add_to(places)
    return parser


@command(
    "say",
    help="say it",
    description="Says it.",
    arguments=(
        one_of(argument("--loud", action="store_true"), argument("--low", action="store_true")),
        argument("words", nargs="*"),
    ),
)
def say(given: argparse.Namespace) -> int:
    return len(given.words) + (10 if given.loud else 0)


def test_a_command_is_run_with_the_arguments_of_its_table() -> None:
    given = parser_of(say).parse_args(["say", "--loud", "a", "b"])
    assert given.run(given) == 12


@pytest.mark.parametrize("options", [[], ["--loud", "--low"]])
def test_of_one_of_several_arguments_exactly_one_is_given(options: list[str]) -> None:
    with pytest.raises(SystemExit):
        parser_of(say).parse_args(["say", *options])


def test_every_command_says_what_it_does_in_a_line_and_in_full() -> None:
    assert len({one.name for one in COMMANDS}) == len(COMMANDS)
    for one in COMMANDS:
        assert one.help[0].islower() or one.name == "export"
        assert one.description[0].isupper() and one.description.endswith((".", "adapter.py"))


@pytest.mark.parametrize(
    ("type", "right", "wrong"),
    [
        (SECONDS, ["0.5", "1e3"], ["0", "-1", "nan", "inf", "soon", ""]),
        (SHARE, ["0.01", "1"], ["0", "1.1", "nan", "half"]),
        (count, ["1", "20"], ["0", "-1", "1.5", "two", "1" * 10]),
        (entry, ["engine.py", "src/a.py"], ["engine", "/a.py", "../a.py", "./a.py", "a//b.py"]),
    ],
)
def test_what_an_argument_cannot_be_is_refused(
    type: Callable[[str], object], right: list[str], wrong: list[str]
) -> None:
    for text in right:
        assert str(type(text)).startswith(text[0])
    for text in wrong:
        with pytest.raises(argparse.ArgumentTypeError, match="is no "):
            type(text)
