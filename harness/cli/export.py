"""`harness export`: results for course platforms, and what they need to run the grader."""

from __future__ import annotations

import hashlib
import json
import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from math import floor
from pathlib import Path
from typing import Any, Final

from harness.assignment.reading import load
from harness.assignment.values import Assignment
from harness.cli.choosing import Chosen, choose
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
    number_of,
    vary,
)
from harness.cli.coursework import named
from harness.cli.gradebook import readable
from harness.cli.regrading import time
from harness.cli.streams import say
from harness.cli.uploads import UPLOADS
from harness.files import need_folder, write
from harness.grading import assigned, submissions, suite
from harness.grading.attempts import moment
from harness.grading.formats import gradescope, platforms
from harness.grading.formats.common import Result, seen
from harness.grading.gradebook import WITHDRAWN, Gradebook, now
from harness.grading.marking import GRADED, MARKINGS
from harness.grading.standing import DUE

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
NOT_THERE: Final = "not handed in"
WHOLE: Final = ("json", "gradescope")
"""Formats that are given hidden cases, too: one is the instructor's, the other can hold them
back."""
TABLES: Final = {
    "canvas": platforms.canvas,
    "nbgrader": platforms.nbgrader,
    "table": platforms.table,
}
FORMATS: Final = (*EACH, *TABLES, "pages", "class", "student-kit")
REPOSITORY: Final = "https://github.com/YOUR-COURSE/autograd-harness"


@command(
    "export",
    help="results for Gradescope, GitHub Classroom, PrairieLearn, Canvas, nbgrader, …; a kit for "
    "students",
    description="Writes the results of harness grade as course platforms read them. One submission "
    "is a file, several fill a folder; canvas, nbgrader and table are a table of all, "
    "pages a page for each student, class a page on them all. Students may see all of these but "
    "class, json and table, which tell of hidden cases, too. 'gradescope -o x.zip' builds the "
    "autograder to upload, 'github -o x.yml' the workflow, 'student-kit -o x.zip' what students "
    "need: the harness without torch, and a README. Exit status: 0 written, 1 but for some whose "
    "results are damaged, 2 not.",
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
        argument(
            "--suite",
            metavar="DIGEST",
            help="take the results of these cases alone, where the gradebook has some of others, "
            "too; a beginning is enough",
        ),
        argument(
            "--round",
            type=number_of("number above 0", lambda step: step > 0),
            metavar="STEP",
            help="round each mark to a multiple of this, such as 0.5; a half is rounded up",
        ),
        argument(
            "--pages",
            default="pages",
            metavar="DIR",
            help="for class: where the students' pages are, beside it; default: pages",
        ),
        argument(
            "--due",
            type=time,
            metavar="TIME",
            help="for pages: what is to be handed in until then is not worked out on them where it "
            "is not right; default: what harness grade was told",
        ),
        argument(
            "--assignment",
            default="autograd engine",
            metavar="NAME",
            help="its name in a table; or an assignment.yaml, which has a title and "
            "says which cases pages have",
        ),
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
    make, lines = upload
    write(output, make(given))
    for line in (str(output), *lines):
        say(line, indent=2)
    return AGREES


def _results(given: Namespace, output: Path) -> int:
    book = Gradebook(Path(given.book), create=False)
    chosen = choose(given, book)
    damaged = list[str]()
    results = _each(given, book, chosen, damaged)
    _write_out(given, book, output, chosen, results)
    count = len(chosen.submissions) - len(damaged)
    if not count:
        return COULD_NOT_RUN
    if given.format in (*TABLES, "class"):
        say(f"{output}: {count} submissions")
    else:
        say(str(output) if output.suffix else f"{count} files in {output}")
    gone = sorted(chosen.gone)
    stale = sorted(path.name for id in gone for path in output.glob(f"{file_name(id)}.*"))
    named(f"left out, {WITHDRAWN} (--withdrawn takes them, too)", gone)
    named("left out, in the course no more (--withdrawn takes them, too)", chosen.left)
    named("left out, nobody on the roster", chosen.unmatched)
    named("nothing of theirs came before the due date", chosen.uncounted)
    named("there from before, of submissions that are left out", stale)
    return FINDINGS if damaged else AGREES


def _each(
    given: Namespace, book: Gradebook, chosen: Chosen, damaged: list[str]
) -> Iterator[Result]:
    """The results that are asked for, rounded as told: in a table one for each student, whoever has
    handed nothing in among them; else one for each submission."""
    if given.format in TABLES:
        for one in chosen.students:
            people = [one.person.plain()] if one.person is not None else None
            if one.counts is None:
                yield {**NOBODYS, "engine": one.label, "people": people or []}
            for result in readable(book, [one.counts] if one.counts else [], damaged):
                yield _rounded({**result, "people": people or result.get("people", [])}, given)
        return
    for result in readable(book, chosen.submissions, damaged):
        yield _rounded(result, given)


NOBODYS: Final[Result] = {"status": NOT_THERE, "score": None, "max_score": 0.0, "cases": []}
"""In a table, what is in place of a result where there is none."""


def _assignment(given: Namespace) -> Assignment | None:
    """The assignment whose file is named, if one is. Raises CaseError."""
    path = Path(given.assignment)
    return load(path) if path.suffix in (".yaml", ".yml") else None


def _rounded(result: Result, given: Namespace) -> Result:
    step = given.round
    if step is None:
        return result
    return {**result, "score": round(floor(result["score"] / step + 0.5 + 1e-9) * step, 9)}


def _write_out(
    given: Namespace, book: Gradebook, output: Path, chosen: Chosen, results: Iterator[Result]
) -> None:
    """Writes the results of so many submissions, in one file or in a folder."""
    if given.format in TABLES:
        rules = _assignment(given)
        name = given.assignment if rules is None else rules.title
        write(output, TABLES[given.format](results, name).encode())
    elif given.format == "class":
        from harness.grading.formats import class_page

        links = output.parent / given.pages
        there = {path.stem for path in links.glob("*.html")}

        def link(id: str) -> str:
            name = file_name(id)
            return f"{given.pages}/{name}.html" if name in there else ""

        absent = [one.label for one in chosen.students if not one.attempts and not one.has_left]
        write(output, class_page.of_class(results, link, absent).encode())
    elif output.suffix and (count := len(chosen.submissions)) > 1:
        raise Stop(f"{output}: {count} submissions need a folder; or say --submission ID")
    else:
        suffix, make = _maker(given, book)
        if not output.suffix:
            output.mkdir(exist_ok=True)
        for result in results:
            place = output / f"{file_name(result['engine'])}{suffix}"
            write(output if output.suffix else place, make(result))


def _maker(given: Namespace, book: Gradebook) -> tuple[str, Maker]:
    if given.format in EACH:
        suffix, make = EACH[given.format]
        if given.format in WHOLE:
            return suffix, make
        return suffix, lambda result: make(seen(result, given.published))
    from harness.grading.formats import pages

    due = given.due or book.setting(DUE)
    worked = not due or moment(due) <= moment(now())
    rules = _assignment(given)
    asked = (
        suite.read(given.cases, given.hidden, given.oracle)
        if rules is None
        else assigned.read(rules, given.oracle)
    )

    def page(result: Result) -> bytes:
        if result["status"] == GRADED and result.get("suite") != asked.shown:
            raise Stop(
                f"{result['engine']}: these are not the cases that it was graded on: say --cases "
                "and --hidden, or --assignment, as for harness grade, or grade it again"
            )
        return pages.student(result, asked, worked).encode()

    return ".html", page


def file_name(id: str) -> str:
    """A name for a submission's file: its own as far as every system takes that."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", id).lstrip(".")[:100]
    return plain if plain == id else f"{plain}-{hashlib.sha256(id.encode()).hexdigest()[:8]}"
