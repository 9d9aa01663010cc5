"""Exports, each against the documented form or a reader of its own."""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from browser import address, browser
from installed import Installed
from junitparser import JUnitXml
from sweeps import long

from harness.cli import main
from harness.grading.formats import kit, platforms

STATUS = {"type": "number", "minimum": 0}
GRADESCOPE = {  # as its documentation describes results.json
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": STATUS,
        "execution_time": STATUS,
        "output": {"type": "string"},
        "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "stdout_visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": STATUS,
                    "max_score": STATUS,
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": {
                        "enum": ["hidden", "after_due_date", "after_published", "visible"]
                    },
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}
PRAIRIELEARN = {  # as its documentation describes an external grader's results
    "type": "object",
    "required": ["gradable", "score"],
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "format_errors": {"type": "array", "items": {"type": "string"}},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "points", "max_points"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "points": {"type": "number"},
                    "max_points": {"type": "number"},
                    "message": {"type": "string"},
                    "output": {"type": "string"},
                },
            },
        },
    },
}
CLASSROOM = {  # version 1 of what its reporter reads
    "type": "object",
    "required": ["version", "status", "max_score", "tests"],
    "properties": {
        "version": {"const": 1},
        "status": {"enum": ["pass", "fail", "error"]},
        "max_score": {"type": "number"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "status", "score"],
                "properties": {
                    "status": {"enum": ["pass", "fail", "error"]},
                    "message": {"type": ["string", "null"]},
                },
            },
        },
    },
}


@pytest.fixture
def marks(class_: Path) -> Path:
    assert (
        main(["grade", "submissions", "--cases", "cases", "--out", "marks", "--oracle", "recorded"])
        == 0
    )
    return class_


def exported(format: str, submission: str) -> str:
    output = f"one.{'xml' if format == 'junit' else 'json'}"
    arguments = ["export", format, "--from", "marks", "-o", output, "--submission", submission]
    assert main(arguments) == 0
    return Path(output).read_text()


@pytest.mark.parametrize("submission", ["ann", "bob", "=cyd", "dan"])
@pytest.mark.parametrize(
    ("format", "schema"),
    [("gradescope", GRADESCOPE), ("prairielearn", PRAIRIELEARN), ("github", CLASSROOM)],
)
def test_json_is_as_documented(
    marks: Path, format: str, schema: dict[str, Any], submission: str
) -> None:
    jsonschema.validate(json.loads(exported(format, submission)), schema)


def test_gradescope_has_the_points_and_the_words(marks: Path) -> None:
    found = json.loads(exported("gradescope", "bob"))
    assert found["score"] == 4.5 == sum(test["score"] for test in found["tests"])
    assert found["output"].startswith("1. ") and "missing-term" in found["output"]
    wrong = next(test for test in found["tests"] if test["status"] == "failed")
    assert "backward: wrong at" in wrong["output"]
    refused = json.loads(exported("gradescope", "=cyd"))
    assert refused["score"] == 0 and "could not be graded" in refused["output"]


def test_junit_is_read_by_a_reader_of_junit(marks: Path) -> None:
    (suite,) = JUnitXml.fromstring(exported("junit", "bob").encode())
    assert (suite.tests, suite.failures, suite.errors) == (6, 3, 0)
    assert len(list(suite)) == 6


def test_tables_are_read_and_hold_no_formula(marks: Path) -> None:
    for format in ("canvas", "nbgrader"):
        arguments = ["export", format, "--from", "marks", "-o", "t.csv", "--assignment", "=HW 1"]
        assert main(arguments) == 0
        rows = list(csv.reader(io.StringIO(Path("t.csv").read_text())))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    scores = {row[3]: row[9] for row in rows[1:]}
    assert scores == {"'=cyd": "0.0", "ann": "6.0", "bob": "4.5", "dan": "3.5"}


STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212\ufe66\u207b"
"""Plain and wide, and others that a program may take for them."""
FORMS: tuple[str, ...] = (
    "{}1+1",
    " {}1",
    "\t{}1",
    "\r{}1",
    "\n{}1",
    '"{}1"',
    ' " {}1',
    "\u00a0{}1",
    "{0}{0}1",
)
FORMS += (
    "a;{}1+1",
    "a,{}1",
    "a\t{}1",
    "a; {}1",
    'a;"{}1"',
    'a";{}1',
    "a\n{}1",
    "a|{}1",
    ";;{0}1;{0}2",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [platforms.canvas, platforms.nbgrader])
def test_no_cell_is_a_formula_wherever_lines_are_split(
    make: Callable[[Any, str], str], form: str
) -> None:
    result = {"status": "graded", "score": 1.0, "max_score": 2.0}
    names = [form.format(start) for start in STARTS]
    table = make([{**result, "engine": name} for name in names], names[0])
    for delimiter in ",;\t|":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=delimiter):
            for cell in row:
                assert not cell.strip().strip('"').strip().startswith(tuple(STARTS)), table


@pytest.mark.parametrize("text", ["ann", "ann-bob", "a=b", "x@y.org", "Smith, Ann", "a;b", "'=1"])
def test_a_name_that_is_no_formula_stays_as_it_is(text: str) -> None:
    assert platforms.cell(text) == text


def test_pages_for_students_and_for_the_class(marks: Path) -> None:
    assert main(["export", "pages", "--from", "marks", "-o", "p", "--cases", "cases"]) == 0
    names = sorted(path.name for path in Path("p").iterdir())
    assert len(names) == 4 and names[0].startswith("_cyd-") and "bob.html" in names
    bob = Path("p/bob.html").read_text()
    assert "missing-term" in bob and bob.count('class="case"') == 6 and "Score 4.5 of 6." in bob
    assert main(["export", "class", "--from", "marks", "-o", "class.html"]) == 0
    text = Path("class.html").read_text()
    assert "Common mistakes" in text and "missing-term" in text and "4 submissions" in text


@long
def test_pages_are_clean_in_a_browser(marks: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    main(["export", "pages", "--from", "marks", "-o", "p", "--cases", "cases"])
    main(["export", "class", "--from", "marks", "-o", "class.html"])
    with browser() as running:
        for path in (Path("class.html"), *sorted(Path("p").iterdir())):
            page = running.new_page()  # type: ignore[attr-defined]
            told: list[str] = []
            page.on("console", lambda message, told=told: told.append(message.text))
            page.goto(address(path.resolve()))
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert told == []


def test_the_workflow_is_yaml_that_runs_the_grader(class_: Path) -> None:
    assert main(["export", "github", "-o", "classroom.yml", "--cases", "cases"]) == 0
    flow = yaml.safe_load(Path("classroom.yml").read_text())
    steps = flow["jobs"]["run-autograding-tests"]["steps"]  # where the reporter looks
    assert any("harness grade" in step.get("run", "") for step in steps)
    assert steps[-1]["with"] == {"runners": "grade"}
    unpack = next(step["run"] for step in steps if "base64 -d" in step.get("run", ""))
    packed = unpack.partition("<< 'END'\n")[2].partition("END")[0]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))) as archive:
        assert archive.read("own_cases/0/add.yaml") == Path("cases/add.yaml").read_bytes()
    assert "--cases own_cases/0" in steps[-2]["run"]
    assert steps[-1]["env"]["GRADE_RESULTS"] == "${{steps.grade.outputs.result}}"


@pytest.mark.parametrize(
    ("handed_in", "score", "told"),
    [
        ({"engine.py": "bob"}, 5.0, "missing-term"),
        ({"one.py": "bob", "two.py": "ann"}, 0, "there is no engine.py in it; there is one.py"),
        ({}, 0, "there is no engine.py in it"),
    ],
)
def test_the_uploaded_archive_grades_a_submission(
    class_: Path, handed_in: dict[str, str], score: float, told: str
) -> None:
    """Unpacked and run as Gradescope would, the paths and the installation aside."""
    arguments = ["export", "gradescope", "-o", "auto.zip", "--cases", "cases", "--hidden", "secret"]
    archives = []
    for _ in range(2):
        assert main([*arguments, "--vary", "none"]) == 0
        archives.append(Path("auto.zip").read_bytes())
    assert archives[0] == archives[1]
    assert main(arguments) == 0
    base = class_ / "machine"
    with zipfile.ZipFile("auto.zip") as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        archive.extractall(base / "source")
    (base / "submission").mkdir()
    for name, whose in handed_in.items():
        (base / "submission" / name).write_text(Path(f"submissions/{whose}.py").read_text())
    (wheel,) = (base / "source").glob("*.whl")
    Installed.make(base / "environment", wheel, torch=False)
    script = (base / "source/run_autograder").read_text().replace("/autograder", str(base))
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((base / "results/results.json").read_text())
    jsonschema.validate(found, GRADESCOPE)
    assert "score" not in found and found["execution_time"] == 0  # they would tell of hidden cases
    assert sum(test["score"] for test in found["tests"]) == score
    assert found["tests"][-1]["name"] == "hidden cases"
    assert told in found["output"]
    setup = subprocess.run(["bash", "-n", str(base / "source/setup.sh")], check=False)
    assert setup.returncode == 0


def test_an_archive_whose_cases_have_no_snapshots_is_not_built(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it will run there is no torch to tell the truth."""
    (class_ / "secret/new.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: tanh(x)\n")
    assert (
        main(["export", "gradescope", "-o", "auto.zip", "--cases", "cases", "--hidden", "secret"])
        == 2
    )
    assert "secret/new.yaml:1:1: there is no snapshot" in capsys.readouterr().err
    assert not Path("auto.zip").exists()


def test_the_archive_brings_the_built_in_suite_in_its_wheel(class_: Path) -> None:
    assert main(["export", "gradescope", "-o", "auto.zip", "--vary", "none"]) == 0
    with zipfile.ZipFile("auto.zip") as archive:
        assert sorted(archive.namelist()) == [kit.WHEEL_NAME, "run_autograder", "setup.sh"]
        assert kit.WHEEL_NAME in archive.read("setup.sh").decode()
        assert "--cases builtin" in archive.read("run_autograder").decode()


STUBS = {
    "apt-get": 'echo "$@" >> "$BASE/installed"',
    "python3": "exit 1",  # as one that is older than 3.11
    "python3.11": 'mkdir -p "$3/bin" && printf "#!/bin/sh\\necho pip $*" > "$3/bin/pip"; '
    'chmod +x "$3/bin/pip"',
}


def test_the_archive_sets_itself_up_where_python_is_older(class_: Path) -> None:
    """As on Ubuntu 22.04, whose own is 3.10."""
    assert main(["export", "gradescope", "-o", "auto.zip", "--cases", "cases"]) == 0
    with zipfile.ZipFile("auto.zip") as archive:
        script = archive.read("setup.sh").decode().replace("/autograder", str(class_))
    for name, text in STUBS.items():
        (class_ / name).write_text(f"#!/bin/sh\n{text}\n")
        (class_ / name).chmod(0o755)
    where = {"PATH": f"{class_}:/usr/bin:/bin", "BASE": str(class_)}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=where)
    assert done.returncode == 0, done.stderr
    assert "python3.11-venv" in (class_ / "installed").read_text()
    assert f"-m venv {class_}/environment" in done.stdout


def test_what_a_platform_cannot_hold_is_said(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, platform, told in (
        ("auto.zip", "gradescope", "where Linux is older than 5.13 (no Landlock)"),
        ("flow.yml", "github", "can change the workflow"),
    ):
        assert main(["export", platform, "-o", name, "--vary", "none"]) == 0
        first, *lines = capsys.readouterr().out.splitlines()
        assert first == name and 1 < len(lines) <= 4
        assert any("What cannot be held there" in line and told in line for line in lines)
        assert any("harness doctor" in line for line in lines)


def test_a_workflow_takes_no_hidden_cases(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither by --hidden nor by their tag: it runs where students can read."""
    case = class_ / "cases/add.yaml"
    case.write_text(case.read_text().replace("tags: [arithmetic]", "tags: [hidden]"))
    for options in (["--hidden", "secret"], ["--cases", "cases"]):
        assert main(["export", "github", "-o", "flow.yml", *options]) == 2
        assert "it cannot have hidden cases" in capsys.readouterr().err
        assert not Path("flow.yml").exists()
