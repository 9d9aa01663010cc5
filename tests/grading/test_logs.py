"""What submissions say never is a command to whoever reads a log: GitHub, Azure, TeamCity."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from grading.conftest import HONEST
from sweeps import long
from truths import ROOT

from harness.cli import main
from harness.engines.failures import printable
from harness.grading import submissions

COMMANDS = (
    "::error file=engine.py,line=1::pwned",
    "::add-mask::6.0",
    "::set-output name=points::100",
    "::stop-commands::pwned",
    "::group::",
    "::warning file=a:b.py::x::notice::y",
    "##[group]pwned",
    "##[set-output name=points]100",
    "##vso[task.setvariable variable=points]100",
    "##teamcity[buildStatus status='SUCCESS']",
)
TAKEN = re.compile(r"^\s*::[\w-]+.*::|##\w*\[", re.MULTILINE)
"""What those who run a log's commands look for."""
FORMATS = ("gradescope", "github", "prairielearn", "junit", "json", "canvas", "nbgrader", "class")
PLAIN = (
    "x[::2]",
    "x[:, ::2, ::-1]",
    "cases/a.yaml::backward",
    "1::2",
    "# a ## b",
    "## [1]",
    "std::vector",
    "a ::b",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", ["", " ", "\t", "ValueError: ", "\r", "…\n", "x", "::"])
def test_a_command_is_told_as_text(before: str, command: str) -> None:
    told = printable(before + command)
    assert TAKEN.search(told) is None and told.isprintable()
    assert printable(told) == told
    assert submissions.shown(command) == printable(command)


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def raising(text: str) -> str:
    """An engine that says a text wherever it can."""
    evil = f"type({text!r}, (Exception,), {{}})({text!r})"
    return f"import honest\nprint({text!r})\nclass Value(honest.Value):\n" + (
        f"    def __mul__(self, other):\n        raise {evil}\n"
        f"    def backward(self, upstream=1.0):\n        raise {evil}\n"
    )


@pytest.fixture
def graded(class_: Path) -> Path:
    """A class that says commands: in names, messages, source and at import."""
    for number, command in enumerate(COMMANDS):
        for name, text in (
            (f"says{number}", raising(command)),
            (f"imports{number}", f"raise Exception({command!r} + chr(10) + {command!r})\n"),
            (f"syntax{number}", f"{command}\n"),
            (command.replace("/", ""), HONEST),
        ):
            folder = class_ / "submissions" / name
            folder.mkdir()
            (folder / "honest.py").write_text(HONEST)
            (folder / "engine.py").write_text(text)
            (folder / f"{command.replace('/', '')}.py").write_text(HONEST)
        (class_ / "submissions" / f"none {command}").mkdir()
        (class_ / "submissions" / f"none {command}" / f"{command}.py").write_text("")
        (class_ / "submissions" / f"{command}.doc").write_text("")
    return class_


def test_no_output_of_any_command_holds_one(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded", "--out", "marks"]
    assert main(grade) == 0
    assert main(["gradebook", "marks"]) == 0
    assert main(["gradebook", "marks", "--json"]) == 0
    assert main(["gradebook", "marks", "says0"]) == 0
    main(["alike", "submissions"])
    for format in FORMATS:
        output = f"out.{format}" if format in FORMATS[-3:] else f"folder_{format}"
        assert main(["export", format, "--from", "marks", "-o", output]) == 0
    told = capsys.readouterr()
    written = [path.read_text() for path in graded.glob("out.*")]
    written += [path.read_text() for folder in graded.glob("folder_*") for path in folder.iterdir()]
    for text in (told.out, told.err, *written):
        assert TAKEN.search(text) is None
    assert "x3a:error file=engine.py" in told.out and len(written) > 100


@long
def test_nor_does_that_of_an_engine_on_its_own_machine(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(len(COMMANDS)):
        for kind in ("says", "syntax", "imports"):
            engine = f"submissions/{kind}{number}/engine.py"
            main(["check", engine, "--cases", "cases"])
            main(["engines", engine])
    told = capsys.readouterr()
    assert TAKEN.search(told.out) is None and TAKEN.search(told.err) is None
    command = [sys.executable, "-m", "pytest", "cases", "-p", "no:cacheprovider"]
    command += ["--engine", "submissions/says0/engine.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "pwned" in done.stdout and TAKEN.search(done.stdout) is None


def test_a_folder_of_any_name_stops_nobody(class_: Path) -> None:
    """Linux' names are bytes; what is in such a folder cannot be imported, and is left out."""
    for name in (b"\xff", b"\x1b[31m", b"a\nb", b"::error::"):
        place = os.fsencode(class_ / "submissions/dan") + b"/" + name
        os.mkdir(place)
        with open(place + b"/more.py", "w") as file:
            file.write("x = 1\n")
    found = submissions.read("dan", class_ / "submissions/dan")
    assert sorted(found.files) == ["engine.py", "parts/value.py"]
    grade = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded", "--out", "marks"]
    assert main(grade) == 0
