"""`harness export`: results for course platforms, and what they need to run the grader."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from harness.cli.common import AGREES, COULD_NOT_RUN, FINDINGS, add_oracle, fitted, stop, write
from harness.cli.grade import CLASS, NONE, add_vary, entry, listed, readable, truths_of_drawn
from harness.cli.streams import aside, say
from harness.grading import submissions, suite
from harness.grading.formats import gradescope, kit, platforms
from harness.grading.formats.common import Result, seen
from harness.grading.gradebook import WITHDRAWN, DamagedError, Gradebook
from harness.grading.marking import GRADED
from harness.judging.oracle import NO_TORCH, lacks_torch
from harness.language.suite import BUILTIN, Source, find

VARIANTS = 4
"""So many sets of inputs an autograder is given, of which a submission gets one."""
REPOSITORY = "https://github.com/YOUR-COURSE/autograd-harness"

Maker = Callable[[Result], bytes]


def _as_json(make: Callable[[Result], dict[str, Any]]) -> Maker:
    return lambda result: (json.dumps(make(result), indent=1, allow_nan=False) + "\n").encode()


EACH: Mapping[str, tuple[str, Maker]] = {
    "gradescope": (".json", _as_json(gradescope.results)),
    "github": (".json", _as_json(platforms.github)),
    "prairielearn": (".json", _as_json(platforms.prairielearn)),
    "junit": (".xml", platforms.junit),
    "json": (".json", _as_json(dict)),
}
"""Formats of one submission: how a file is called, and what makes it."""
WHOLE = ("json", "gradescope")
"""Formats that are given hidden cases, too: one is the instructor's, the other can hold them
back."""
TABLES = {"canvas": platforms.canvas, "nbgrader": platforms.nbgrader}
FORMATS = (*EACH, *TABLES, "pages", "class", "student-kit")


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    export = commands.add_parser(
        "export",
        help="results for Gradescope, GitHub Classroom, PrairieLearn, Canvas, nbgrader, …; a kit "
        "for students",
        description="Writes the results of harness grade as course platforms read them. One "
        "submission is a file, several fill a folder; canvas and nbgrader are a table of all, "
        "pages a page for each student, class a page on them all. Students may see all of these "
        "but class and json, which tell of hidden cases, too. 'gradescope -o x.zip' builds the "
        "autograder to upload, 'github -o x.yml' the workflow, 'student-kit -o x.zip' what "
        "students need: the harness without torch, and a README. Exit status: 0 written, 1 but for "
        "some whose results are damaged, 2 not.",
    )
    export.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    export.add_argument(
        "--from", dest="book", metavar="DIR", help="the gradebook: what --out was given"
    )
    export.add_argument("-o", "--output", required=True, metavar="FILE", help="file or folder")
    export.add_argument(
        "--published",
        action="store_true",
        help="count hidden cases, too, in what students see (github, prairielearn, junit), as one "
        "row; else nothing is told of them. Gradescope holds that row back by itself",
    )
    export.add_argument("--submission", metavar="ID", help="only this one")
    export.add_argument(
        "--withdrawn",
        action="store_true",
        help="submissions, too, that the last run of harness grade has not found any more where "
        "they were, or found under another name; else they are left out, lest a course has marks "
        "for both names. The class page has them always, marked",
    )
    export.add_argument("--assignment", default="autograd engine", help="its name in a table")
    export.add_argument(
        "--cases",
        action="append",
        metavar="DIR",
        help="for pages, uploads and the kit; default: the built-in suite; may be repeated, and "
        "'builtin' is the built-in suite",
    )
    export.add_argument(
        "--hidden", action="append", default=[], metavar="DIR", help="likewise, hidden cases"
    )
    export.add_argument(
        "--entry", type=entry, default=submissions.ENTRY, help="for uploads, as in grade"
    )
    export.add_argument(
        "--marking", default="cases", choices=("cases", "carried-forward"), help="likewise"
    )
    export.add_argument("--allow-adapters", action="store_true", help="likewise")
    add_vary(export, "each")
    export.add_argument("--reverse-only", action="store_true", help="likewise")
    export.add_argument(
        "--repository", default=REPOSITORY, help="for the workflow: where the harness is"
    )
    add_oracle(export)
    export.set_defaults(run=_export)


def _export(given: argparse.Namespace) -> int:
    output = Path(given.output)
    said: tuple[str, ...] = ()
    if not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    if given.format == "gradescope" and output.suffix == ".zip":
        write(output, _archive(given))
        said = gradescope.SAID
    elif given.format == "student-kit":
        if output.suffix != ".zip":
            return stop(f"{output}: a kit is a .zip")
        own = given.cases or []
        write(output, kit.student_kit(dict(_packed(find(own)) if own else ())))
    elif given.format == "github" and output.suffix in (".yml", ".yaml"):
        if given.hidden or _has_hidden(given.cases or ()):
            return stop("a workflow runs where students can read: it cannot have hidden cases")
        folders = [f"--cases {shlex.quote(folder)}" for folder in given.cases or ()]
        options = " ".join([*_options(given), *folders])
        text = platforms.WORKFLOW.format(
            repository=shlex.quote(given.repository),
            entry=shlex.quote(given.entry),
            options=options,
            dependencies=shlex.join(kit.dependencies()),
        )
        write(output, text.encode())
        said = platforms.SAID
    elif given.book is None:
        return stop("which results? --from DIR names the folder that harness grade filled")
    else:
        return _results(given, output)
    for line in (str(output), *said):
        say(fitted(line, 2))
    return AGREES


def _results(given: argparse.Namespace, output: Path) -> int:
    book = Gradebook(Path(given.book), create=False)
    every = book.ids()
    if not every:
        return stop(f"{book.path}: it is empty")
    if given.submission is not None and given.submission not in every:
        return stop(f"{given.submission}: the gradebook has no such submission")
    if given.format == "pages" and lacks_torch(given.oracle):
        return stop(NO_TORCH)
    whole = given.withdrawn or given.format == "class" or given.submission is not None
    gone = set() if whole else book.withdrawn()
    ids = [id for id in every if id not in gone and given.submission in (None, id)]
    if not ids:
        return stop(f"{book.path}: all are {WITHDRAWN}; --withdrawn takes them, too")
    damaged = list[DamagedError]()
    status = _write_out(given, output, ids, readable(book, ids, damaged))
    if status != AGREES:
        return status
    for error in damaged:
        aside(str(error))
    count = len(ids) - len(damaged)
    if not count:
        return COULD_NOT_RUN
    if given.format in (*TABLES, "class"):
        say(f"{output}: {count} submissions")
    else:
        say(str(output) if output.suffix else f"{count} files in {output}")
    if gone:
        told = f"left out, {WITHDRAWN} (--withdrawn takes them, too): {listed(sorted(gone))}"
        say(fitted(told, 2))
    if stale := sorted(path.name for id in gone for path in output.glob(f"{file_name(id)}.*")):
        say(fitted(f"there from before, of submissions that are left out: {listed(stale)}", 2))
    return FINDINGS if damaged else AGREES


def _write_out(
    given: argparse.Namespace, output: Path, ids: list[str], results: Iterator[Result]
) -> int:
    """Writes the results of these submissions, in one file or in a folder."""
    if given.format in TABLES:
        write(output, TABLES[given.format](results, given.assignment).encode())
        return AGREES
    if given.format == "class":
        from harness.grading.formats import pages

        write(output, pages.of_class(results).encode())
        return AGREES
    suffix, make = _maker(given)
    if output.suffix and len(ids) > 1:
        return stop(f"{output}: {len(ids)} submissions need a folder; or say --submission ID")
    if not output.suffix:
        output.mkdir(exist_ok=True)
    for result in results:
        place = output / f"{file_name(result['engine'])}{suffix}"
        write(output if output.suffix else place, make(result))
    return AGREES


def _maker(given: argparse.Namespace) -> tuple[str, Maker]:
    if given.format in EACH:
        suffix, make = EACH[given.format]
        if given.format in WHOLE:
            return suffix, make
        return suffix, lambda result: make(seen(result, given.published))
    from harness.grading.formats import pages

    asked = suite.read(given.cases or (), given.hidden, given.oracle)

    def page(result: Result) -> bytes:
        if result["status"] == GRADED and result.get("suite") != asked.shown:
            raise suite.SuiteError(
                f"{result['engine']}: these are not the cases that it was graded on: say --cases "
                "and --hidden as for harness grade, or grade it again"
            )
        return pages.student(result, asked).encode()

    return ".html", page


def file_name(id: str) -> str:
    """A name for a submission's file: its own as far as every system takes that."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", id).lstrip(".")[:100]
    return plain if plain == id else f"{plain}-{hashlib.sha256(id.encode()).hexdigest()[:8]}"


def _archive(given: argparse.Namespace) -> bytes:
    asked = suite.read(given.cases or (), given.hidden, "recorded")  # there is no torch there
    options = _options(given)
    files: dict[str, bytes] = {}
    if given.vary != NONE:
        compute = truths_of_drawn(given.oracle)
        count = 1 if given.vary == CLASS else VARIANTS
        told = (
            f"drawing {count} set{'s' * (count > 1)} of inputs for {len(asked.questions):,} cases …"
        )
        print(told, file=sys.stderr)
        drawn = [suite.drawn(asked, token_hex(16), compute) for _ in range(count)]
        files["variants.json"] = suite.pack_variants(asked, drawn)
        options.append("--variants variants.json")
    known: set[Path] = set()  # a hidden case may lie in a folder of cases, too
    for kind, folders in (("hidden", given.hidden), ("cases", given.cases or [BUILTIN])):
        for number, folder in enumerate(folders):
            place = BUILTIN if folder == BUILTIN else f"{kind}{number}"
            options.append(f"--{kind} {place}")
            if folder != BUILTIN:  # that one is in the wheel
                sources = [one for one in find([folder]) if one.path.resolve() not in known]
                known.update(one.path.resolve() for one in sources)
                files |= {f"{place}/{name}": content for name, content in _packed(sources)}
    return gradescope.archive(files, shlex.quote(given.entry), " ".join(options))


def _has_hidden(folders: Sequence[str]) -> bool:
    """Whether a case in the folders, as far as they are here, has the tag of hidden ones."""
    here = [folder for folder in folders if Path(folder).exists()]
    return bool(here) and any(suite.HIDDEN in source.load().tags for source in find(here))


def _options(given: argparse.Namespace) -> list[str]:
    """What grade is given there, beside the cases."""
    return [
        f"--marking {given.marking}",
        f"--vary {given.vary}",
        *["--allow-adapters"] * given.allow_adapters,
        *["--reverse-only"] * given.reverse_only,
    ]


def _packed(sources: Iterable[Source]) -> Iterator[tuple[str, bytes]]:
    """The files of cases and their snapshots, by their paths below the folder of cases."""
    for source in sources:
        yield source.path.relative_to(source.root).as_posix(), source.path.read_bytes()
        for path in sorted(source.path.with_suffix("").glob("*.yml")):
            yield path.relative_to(source.root).as_posix(), path.read_bytes()
