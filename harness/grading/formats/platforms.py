"""GitHub Classroom, PrairieLearn, JUnit XML, and tables for Canvas and nbgrader."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree import ElementTree

from harness.grading.formats.common import Result, is_grader_error, rows, ruled_told, said, summary
from harness.grading.rulings import parts

WORKFLOW: Final = """\
# GitHub Classroom: grades every push, in a sandbox, and reports the points.
name: Autograding
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:  # the reporter looks for a job of this name
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
        with: {{path: class/submission, persist-credentials: false}}
      - uses: actions/setup-python@v5
        with: {{python-version: '3.12'}}
      - name: Set up
        run: |
          sudo apt-get update
          sudo apt-get install -y bubblewrap
          sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 || true
{fetch}          pip install {dependencies}
          pip install --no-deps {harness}
{cases}      - name: Grade
        id: grade
        run: |
          cd {folder}
          harness doctor
          harness grade "$GITHUB_WORKSPACE/class" --entry {entry} --out "$RUNNER_TEMP/marks" \\
            --oracle recorded {options}
          harness export github --from "$RUNNER_TEMP/marks" -o "$RUNNER_TEMP/result.json"
          echo "result=$(base64 -w0 "$RUNNER_TEMP/result.json")" >> "$GITHUB_OUTPUT"
      - name: Report
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
          GRADE_RESULTS: ${{{{steps.grade.outputs.result}}}}
        with:
          runners: grade
"""
CLONE: Final = '          git clone --depth 1 {repository} "$RUNNER_TEMP/harness"\n'
CLONED: Final = '"$RUNNER_TEMP/harness"'
SUBMISSION: Final = '"$GITHUB_WORKSPACE/class/submission"'
"""Where the student's repository is."""
CASES: Final = """\
      - name: The course's own cases, as a zip
        run: |
          base64 -d > "$RUNNER_TEMP/cases.zip" << 'END'
{lines}
          END
          unzip -q "$RUNNER_TEMP/cases.zip" -d "$RUNNER_TEMP/harness"
"""
WIDE: Final = 96


def workflow(
    repository: str, entry: str, options: str, dependencies: str, cases: bytes = b""
) -> str:
    """The workflow, which clones the harness from a repository, with the zip of a course's own
    ``cases`` in it, if there are any."""
    packed = base64.b64encode(cases).decode()
    lines = [f"{' ' * 10}{packed[at : at + WIDE]}" for at in range(0, len(packed), WIDE)]
    return WORKFLOW.format(
        fetch=CLONE.format(repository=repository),
        harness=CLONED,
        folder=CLONED,
        entry=entry,
        options=options,
        dependencies=dependencies,
        cases=CASES.format(lines="\n".join(lines)) if cases else "",
    )


def assignment_workflow(wheel: str, entry: str, file: str, dependencies: str) -> str:
    """The workflow of an assignment, whose ``file`` and the harness' ``wheel`` lie in the student's
    repository."""
    return WORKFLOW.format(
        fetch="",
        harness=f"{SUBMISSION}/{wheel}",
        folder='"$RUNNER_TEMP"',
        entry=entry,
        options=f"--assignment {SUBMISSION}/{file}",
        dependencies=dependencies,
        cases="",
    )


SAID: Final = (
    "Where the runner lets nobody make namespaces the sandbox is weak: harness doctor says so at "
    "the top of the step's log, and nothing is graded.",
    "What cannot be held there: whoever can push to the repository can change the workflow, too, "
    "and report any points. Grade anew with harness grade before marks count.",
)
"""What the one who makes the workflow is told."""


def github(result: Result) -> dict[str, Any]:
    """One submission as the result of a GitHub Classroom runner (version 1)."""
    failed = is_grader_error(result)
    tests = [
        {
            "name": row.name,
            "status": "pass" if row.passed else "fail",
            "score": row.score,
            "message": None if row.passed and not row.remarks else row.told,
            "test_code": row.name,
            "filename": "",
            "line_no": 0,
            "execution_time": 0,
        }
        for row in ([] if failed else rows(result))
    ]
    status = "pass" if tests and all(test["status"] == "pass" for test in tests) else "fail"
    return {
        "version": 1,
        "status": "error" if failed else status,
        "max_score": result["max_score"],
        "tests": tests,
    }


def prairielearn(result: Result) -> dict[str, Any]:
    """One submission as PrairieLearn's external graders answer: a score from 0 to 1."""
    if is_grader_error(result) or result["problem"]:
        return {
            "gradable": False,
            "score": 0.0,
            "message": summary(result),
            "format_errors": [result["problem"] or ""],
            "tests": [],
        }
    most = result["max_score"]
    return {
        "gradable": True,
        "score": min(result["score"] / most, 1.0) if most else 0.0,
        "message": summary(result),
        "tests": [
            {
                "name": row.name,
                "points": row.score,
                "max_points": row.most,
                "message": "" if row.passed and not row.remarks else row.told,
            }
            for row in rows(result)
        ],
    }


JUNIT: Final = {
    "failed": ("failures", "failure"),
    "unsupported": ("skipped", "skipped"),
    "error": ("errors", "error"),
}
"""Of what has not passed: under what it is counted, and what it is."""


def junit(result: Result) -> bytes:
    """One submission as JUnit XML, a test case for each case."""
    every = list(rows(result))
    states = Counter(row.status for row in every)
    known = {"name": result["engine"], "time": str(result.get("seconds", 0.0))}
    counts = {"tests": str(len(every))} | {
        total: str(states[status]) for status, (total, _) in JUNIT.items()
    }
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", known | counts)
    for row in every:
        case = ElementTree.SubElement(suite, "testcase", name=row.name, classname=result["engine"])
        if row.status in JUNIT:
            told = result["problem"] if row.status == "error" and result["problem"] else row.told
            _, kind = JUNIT[row.status]
            ElementTree.SubElement(case, kind, message=told.split("\n")[0]).text = told
    if about := "\n".join(said(result)):
        ElementTree.SubElement(suite, "system-out").text = about
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, "unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


# -- tables ----------------------------------------------------------------------------------------


STARTS: Final = (
    "=+@-\uff1d\uff0b\uff20\uff0d\ufe66\ufe62\ufe6b\ufe63\u207c\u207a\u207b\u208c\u208a\u208b\u2212"
)
"""What a formula begins with: plain, wide, small, raised and lowered, and the sign for minus."""
FORMULA: Final = re.compile(f'((?:^|[,;|\\t\\r\\n])[\\s"]*)([{re.escape(STARTS)}])')
"""Where a cell may begin with one: also where a line is split at semicolons, as in countries that
have the comma in their numbers. (https://owasp.org/www-community/attacks/CSV_Injection)"""


def canvas(results: Iterable[Result], assignment: str) -> str:
    """A class as Canvas' gradebook imports it: each student by all that the roster has of them;
    without one the id of a submission is the SIS login."""
    every = [(_in_canvas(one), _score(one), one["max_score"]) for one in results]
    most = max((most for _, _, most in every), default=0.0)
    blank = ("", "", "", "")
    lines: list[tuple[Any, ...]] = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", cell(assignment)),
        ("    Points Possible", *blank, most),
    ]
    lines += [(*map(cell, person), score) for person, score, _ in every]
    return _csv(lines)


def _in_canvas(result: Result) -> tuple[str, ...]:
    """Student, ID, SIS user id, SIS login and section."""
    one, id = person_of(result), str(result["engine"])
    if not one:
        return id, "", "", id, ""
    login = one.get("login", "" if "sis" in one or "id" in one else id)
    sis = one.get("sis", one.get("sid", ""))
    return one.get("name", id), one.get("id", ""), sis, login, one.get("section", "")


def person_of(result: Result) -> Mapping[str, str]:
    """What is known of who has handed it in; nothing where there are several."""
    people = result.get("people", ())
    return people[0] if len(people) == 1 else {}


def nbgrader(results: Iterable[Result], assignment: str) -> str:
    """A class in the columns of ``nbgrader export``."""
    names = "assignment duedate timestamp student_id last_name first_name email raw_score"
    names += " late_submission_penalty score max_score"
    lines: list[tuple[Any, ...]] = [tuple(names.split())]
    for result in _of_all(results):
        score = _score(result)
        one, handed = person_of(result), result.get("handed", "")
        last, first = _names(one.get("name", ""))
        id = one.get("login") or one.get("sis") or str(result["engine"])
        person = (cell(text) for text in (id, last, first, one.get("email", "")))
        most = result["max_score"]
        lines.append((cell(assignment), "", handed, *person, score, 0.0, score, most))
    return _csv(lines)


def table(results: Iterable[Result], assignment: str) -> str:
    """A class with the points of each question (without an assignment, of each level), and all that
    is known beside them."""
    every = [_of_table(one) for one in _of_all(results)]
    titles = dict.fromkeys(title for _, points, _ in every for title in points)
    lines: list[tuple[Any, ...]] = [(*PERSON, "status", *map(cell, titles), *TOTAL)]
    for person, points, total in every:
        lines.append((*person, *(points.get(title, "") for title in titles), *total))
    return _csv(lines)


def _of_all(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The results; who has handed nothing in could have had as much as the others."""
    every = list(results)
    most = max((one["max_score"] for one in every), default=0.0)
    return [{**one, "max_score": one["max_score"] or most} for one in every]


PERSON: Final = ("student", "id", "sis id", "login", "section", "submission")
TOTAL: Final = ("score", "of", "found", "handed in", "late", "set, and why", "comments")


def _of_table(result: Result) -> tuple[tuple[Any, ...], dict[str, float], tuple[Any, ...]]:
    points = {part["title"]: round(part["score"], 9) for part in parts(result)}
    about = (
        result.get("handed", ""),
        "late" if result.get("late") else "",
        cell(" ".join(ruled_told(result))),
        cell(" ".join(one["text"] for one in result.get("comments", ()))),
    )
    score, most = _score(result), result["max_score"]
    who = (*map(cell, (*_in_canvas(result), str(result["engine"]))), result["status"])
    own = {} if is_grader_error(result) else points
    return who, own, (score, most, result.get("found", score), *about)


def _names(name: str) -> tuple[str, str]:
    """Family's and given name."""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.rpartition(" ")
    return last.strip(), first.strip()


def _score(result: Result) -> float | str:
    absent = is_grader_error(result) or result["score"] is None
    return "" if absent else result["score"]


def _csv(lines: Iterable[tuple[Any, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def cell(text: str) -> str:
    """A text of which no spreadsheet takes a part for a formula, at whatever sign it splits a line:
    an apostrophe stands before what would be one."""
    return FORMULA.sub(r"\1'\2", text)
