"""Commands as tables: what argparse makes of them, and what their arguments may be."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from harness.cli import COMMANDS, main
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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chekc"], "harness: error: there is no command 'chekc'; did you mean 'check'?"),
        (["nothing-like-it"], "harness: error: there is no command 'nothing-like-it'"),
        (["check", "a.py", "--nosuch"], "harness check: error: unrecognized arguments: --nosuch"),
    ],
)
def test_what_is_typed_wrong_is_told_with_the_usage_of_that_command(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"usage: {told.partition(': error')[0]} ")
    assert error.splitlines()[-1] == told


def test_an_error_fits_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["check", "a.py", "--level", "42"])
    assert max(map(len, capsys.readouterr().err.splitlines())) < 80
