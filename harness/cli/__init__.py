"""The `harness` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

import shtab

from harness import __version__, languages
from harness.bundled import PACKAGE
from harness.cli import (
    alike,
    assignment,
    cases,
    configured,
    doctor,
    engines,
    exercise,
    explain,
    export,
    fuzz,
    grade,
    gradebook,
    gradebook_diff,
    gradebook_explain,
    gradebook_rulings,
    helping,
    init,
    new,
    play,
    show,
    speaking,
    streams,
    watch,
)
from harness.cli.command import AGREES, COULD_NOT_RUN, FINDINGS, Command, Family, Stop
from harness.cli.words import said
from harness.engines.loading import EngineError
from harness.engines.trace import Undefined
from harness.grading.cluster import ClusterError
from harness.grading.formats.kit import KitError
from harness.grading.found import AmbiguousError
from harness.grading.gradebook import GradebookError
from harness.grading.packages import PackagesError
from harness.grading.roster import RosterError
from harness.grading.suite import SuiteError
from harness.judging.oracle import lacks_torch, no_torch
from harness.language.case import CaseError
from harness.language.syntax import suggest
from harness.showing import words
from harness.showing.lines import room, wrapped

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = ["AGREES", "COULD_NOT_RUN", "FINDINGS", "main"]

GRADEBOOK: Final = Family(
    "gradebook",
    help="the results of harness grade: show, explain, set, comment, diff",
    description="Works on the results of harness grade. 'harness gradebook DIR' shows them.",
    inner=(
        gradebook.show,
        gradebook_explain.explain,
        gradebook_rulings.set_,
        gradebook_rulings.comment,
        gradebook_diff.diff,
    ),
)

COMMANDS: Final[tuple[Command | Family, ...]] = (
    engines.check,
    watch.watch,
    engines.engines,
    engines.adapt,
    explain.explain,
    init.init,
    show.listing,
    exercise.exercise,
    show.draw,
    play.play,
    show.report,
    cases.cases,
    new.new,
    fuzz.fuzz,
    assignment.assignment,
    grade.grade,
    GRADEBOOK,
    doctor.doctor,
    alike.alike_,
    export.export,
)
TOLD: Final = (
    Stop,
    EngineError,
    CaseError,
    Undefined,
    SuiteError,
    GradebookError,
    KitError,
    ClusterError,
    AmbiguousError,
    RosterError,
    PackagesError,
)
"""What keeps a command from being run; the message says it all."""

COMMAND: Final = "COMMAND"

DRAWING: Final = "fast-sugiyama fonttools latex2mathml markdown-it-py resvg-py"
NEEDED: Final = {
    "fast_sugiyama": DRAWING,
    "fontTools": DRAWING,
    "latex2mathml": DRAWING,
    "markdown_it": DRAWING,
    "resvg_py": DRAWING,
    "svg2pdf_py": "svg2pdf-py",
    "hypothesis": "hypothesis",
    "watchfiles": "watchfiles",
}
"""Modules that drawing and fuzzing need and judging does not, and what to install for each."""


class _Parser(argparse.ArgumentParser):
    """One whose help is not lost without a word, and whose errors fit the terminal."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        (streams.say if file is sys.stdout else streams.aside)(message, end="")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Tells of a command that there is not, with the nearest one that there is."""
        if action.metavar == COMMAND and value not in (action.choices or ()):
            near = suggest(str(value), [command.name for command in COMMANDS])
            self.error(said("no-command", wrong=value, near=near))
        super()._check_value(action, value)

    def error(self, message: str) -> NoReturn:
        told = words.say("command-error", program=self.prog) + message
        self.print_usage(sys.stderr)
        self.exit(COULD_NOT_RUN, "\n".join(wrapped(told, room(streams.columns()), 2)) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status, which is that of what could not be done where not all of the
    output could be written."""
    streams.settle()
    try:
        try:
            return _run(arguments)
        finally:
            streams.flush()
    except (Stop, streams.Lost) as reason:
        if str(reason):
            streams.aside(str(reason))
        return COULD_NOT_RUN


def _run(arguments: Sequence[str] | None) -> int:
    """The same; raises Stop, with a message for whoever has typed the command."""
    if not PACKAGE.is_dir():
        place = PACKAGE.parent
        raise Stop(said("from-archive", place=place))
    try:
        with streams.losing():  # completions are printed there
            words = sys.argv[1:] if arguments is None else list(arguments)
            if _speaks(words):
                speaking.speak(words)
            helping.settle()
            given, unknown = _parser().parse_known_args(GRADEBOOK.meant(words))
            if unknown:
                given.parser.error(said("unknown-arguments", unknown=" ".join(unknown)))
        if lacks_torch(vars(given).get("oracle")):
            raise Stop(no_torch())
        configured.fill(given)
        return int(given.run(given))
    except TOLD as error:
        raise Stop(str(error)) from None
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        raise Stop(said("not-installed", name=error.name, needed=NEEDED[error.name])) from None
    except KeyboardInterrupt:
        raise Stop(said("interrupted")) from None
    except OSError as error:
        raise Stop(f"{error.filename or 'a file'}: {error.strerror or error}") from None


def _speaks(words: Sequence[str]) -> bool:
    """Whether the command that is named speaks other languages than English, or none is named."""
    languages.speak(languages.ENGLISH)
    known = {one.name: isinstance(one, Command) and one.speaks for one in COMMANDS}
    return next((known[word] for word in words if word in known), True)


def _parser() -> argparse.ArgumentParser:
    told = helping.of_command("harness", "Holds an autodiff engine against torch, step by step.")
    parser = _Parser(prog="harness", description=told, formatter_class=helping.Help)
    parser.add_argument("--version", action="version", version=f"harness {__version__}")
    shtab.add_argument_to(parser, help="print a script that completes this command in a shell")
    helping.translate("harness", parser._actions)
    commands = parser.add_subparsers(required=True, metavar=COMMAND)
    for command in COMMANDS:
        command.add_to(commands)
    return parser
