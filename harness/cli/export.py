"""`harness export`: results for course platforms, and what they need to run the grader."""

from __future__ import annotations

import hashlib
import json
import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.cli.command import (
    AGREES,
    COULD_NOT_RUN,
    EACH_ONE,
    FINDINGS,
    ORACLE,
    Stop,
    argument,
    command,
    entry,
    vary,
)
from harness.cli.coursework import named
from harness.cli.gradebook import readable
from harness.cli.streams import say
from harness.cli.uploads import UPLOADS
from harness.files import need_folder, write
from harness.grading import submissions, suite
from harness.grading.formats import gradescope, platforms
from harness.grading.formats.common import Result, seen
from harness.grading.gradebook import WITHDRAWN, Gradebook
from harness.grading.marking import GRADED, MARKINGS

Maker = Callable[[Result], bytes]


def _as_json(make: Callable[[Result], dict[str, Any]]) -> Maker:
    return lambda result: (json.dumps(make(result), indent=1, allow_nan=False) + "\n").encode()


EACH: Final[Mapping[str, tuple[str, Maker]]] = {
    "gradescope": (".json", _as_json(gradescope.results)),
    "github": (".json", _as_json(platforms.github)),
    "prairielearn": (".json", _as_json(platforms.prairielearn)),
    "junit": (".xml", platforms.junit),
    "json": (".json", _as_json(dict)),
}
"""Formats of one submission: how a file is called, and what makes it."""
WHOLE: Final = ("json", "gradescope")
"""Formats that are given hidden cases, too: one is the instructor's, the other can hold them
back."""
TABLES: Final = {"canvas": platforms.canvas, "nbgrader": platforms.nbgrader}
FORMATS: Final = (*EACH, *TABLES, "pages", "class", "student-kit")
REPOSITORY: Final = "https://github.com/YOUR-COURSE/autograd-harness"


@command(
    "export",
    help="results for Gradescope, GitHub Classroom, PrairieLearn, Canvas, nbgrader, …; a kit for "
    "students",
    description="Writes the results of harness grade as course platforms read them. One submission "
    "is a file, several fill a folder; canvas and nbgrader are a table of all, pages a page for "
    "each student, class a page on them all. Students may see all of these but class and json, "
    "which tell of hidden cases, too. 'gradescope -o x.zip' builds the autograder to upload, "
    "'github -o x.yml' the workflow, 'student-kit -o x.zip' what students need: the harness "
    "without torch, and a README. Exit status: 0 written, 1 but for some whose results are "
    "damaged, 2 not.",
    arguments=(
        argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS)),
        argument("--from", dest="book", metavar="DIR", help="the gradebook: what --out was given"),
        argument("-o", "--output", required=True, metavar="FILE", help="file or folder"),
        argument(
            "--published",
            action="store_true",
            help="count hidden cases, too, in what students see (github, prairielearn, junit), as "
            "one row; else nothing is told of them. Gradescope holds that row back by itself",
        ),
        argument("--submission", metavar="ID", help="only this one"),
        argument(
            "--withdrawn",
            action="store_true",
            help="submissions, too, that the last run of harness grade has not found any more "
            "where they were, or found under another name; else they are left out, lest a course "
            "has marks for both names. The class page has them always, marked",
        ),
        argument("--assignment", default="autograd engine", help="its name in a table"),
        argument(
            "--cases",
            action="append",
            default=[],
            metavar="DIR",
            help="for pages, uploads and the kit; default: the built-in suite; may be repeated, "
            "and 'builtin' is the built-in suite",
        ),
        argument(
            "--hidden", action="append", default=[], metavar="DIR", help="likewise, hidden cases"
        ),
        argument("--entry", type=entry, default=submissions.ENTRY, help="for uploads, as in grade"),
        argument("--marking", default="cases", choices=MARKINGS, help="likewise"),
        argument("--allow-adapters", action="store_true", help="likewise"),
        vary(EACH_ONE),
        argument("--reverse-only", action="store_true", help="likewise"),
        argument("--repository", default=REPOSITORY, help="for the workflow: where the harness is"),
        ORACLE,
    ),
)
def export(given: Namespace) -> int:
    output = Path(given.output)
    need_folder(output)
    upload = UPLOADS.get((given.format, output.suffix))
    if upload is None and given.format == "student-kit":
        raise Stop(f"{output}: a kit is a .zip")
    if upload is None and given.book is None:
        raise Stop("which results? --from DIR names the folder that harness grade filled")
    if upload is None:
        return _results(given, output)
    make, said = upload
    write(output, make(given))
    for line in (str(output), *said):
        say(line, indent=2)
    return AGREES


def _results(given: Namespace, output: Path) -> int:
    book = Gradebook(Path(given.book), create=False)
    ids, gone = _chosen(given, book)
    damaged = list[str]()
    _write_out(given, output, len(ids), readable(book, ids, damaged))
    count = len(ids) - len(damaged)
    if not count:
        return COULD_NOT_RUN
    if given.format in (*TABLES, "class"):
        say(f"{output}: {count} submissions")
    else:
        say(str(output) if output.suffix else f"{count} files in {output}")
    stale = sorted(path.name for id in gone for path in output.glob(f"{file_name(id)}.*"))
    named(f"left out, {WITHDRAWN} (--withdrawn takes them, too)", sorted(gone))
    named("there from before, of submissions that are left out", stale)
    return FINDINGS if damaged else AGREES


def _chosen(given: Namespace, book: Gradebook) -> tuple[list[str], set[str]]:
    """The submissions that are asked for, and those that are left out as withdrawn."""
    every = book.ids()
    if not every:
        raise Stop(f"{book.path}: it is empty")
    if given.submission not in (None, *every):
        raise Stop(f"{given.submission}: the gradebook has no such submission")
    whole = given.withdrawn or given.format == "class" or given.submission is not None
    gone = set() if whole else book.withdrawn()
    ids = [id for id in every if id not in gone and given.submission in (None, id)]
    if not ids:
        raise Stop(f"{book.path}: all are {WITHDRAWN}; --withdrawn takes them, too")
    return ids, gone


def _write_out(given: Namespace, output: Path, count: int, results: Iterator[Result]) -> None:
    """Writes the results of so many submissions, in one file or in a folder."""
    if given.format in TABLES:
        write(output, TABLES[given.format](results, given.assignment).encode())
    elif given.format == "class":
        from harness.grading.formats import pages

        write(output, pages.of_class(results).encode())
    elif output.suffix and count > 1:
        raise Stop(f"{output}: {count} submissions need a folder; or say --submission ID")
    else:
        suffix, make = _maker(given)
        if not output.suffix:
            output.mkdir(exist_ok=True)
        for result in results:
            place = output / f"{file_name(result['engine'])}{suffix}"
            write(output if output.suffix else place, make(result))


def _maker(given: Namespace) -> tuple[str, Maker]:
    if given.format in EACH:
        suffix, make = EACH[given.format]
        if given.format in WHOLE:
            return suffix, make
        return suffix, lambda result: make(seen(result, given.published))
    from harness.grading.formats import pages

    asked = suite.read(given.cases, given.hidden, given.oracle)

    def page(result: Result) -> bytes:
        if result["status"] == GRADED and result.get("suite") != asked.shown:
            raise Stop(
                f"{result['engine']}: these are not the cases that it was graded on: say --cases "
                "and --hidden as for harness grade, or grade it again"
            )
        return pages.student(result, asked).encode()

    return ".html", page


def file_name(id: str) -> str:
    """A name for a submission's file: its own as far as every system takes that."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", id).lstrip(".")[:100]
    return plain if plain == id else f"{plain}-{hashlib.sha256(id.encode()).hexdigest()[:8]}"
