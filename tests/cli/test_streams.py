"""Streams that are closed, full, or read by nobody: no traceback, and no 0 for what is lost."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from grading.conftest import HONEST
from sweeps import sweep
from truths import ROOT

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS

LECTURE = str(ROOT / "cases/lecture")
ADD = str(ROOT / "cases/scalars/add.yaml")
GRADE = f"grade class --cases {ADD} --oracle recorded --allow-weak --out"
COMMANDS = {
    "check": (f"check engine.py --cases {ADD}", AGREES),
    "check wrong": (f"check engine.py --cases {LECTURE}", FINDINGS),
    "check and write": (f"check engine.py --cases {ADD} --json out.json", AGREES),
    "json": (f"check engine.py --cases {ADD} --json -", AGREES),
    "engines": ("engines engine.py", AGREES),
    "adapt": ("adapt engine.py -o adapter.py", AGREES),
    "draw": (f"draw {ADD} -o one.svg", AGREES),
    "listing": (f"listing {ADD}", AGREES),
    "report": (f"report --cases {ADD} -o one.html", AGREES),
    "cases": ("cases", AGREES),
    "long": ("cases arrays", AGREES),
    "new": ("new cases/t/one.yaml --about x --expr 'x * x' --input x=3", AGREES),
    "fuzz": ("fuzz --engine engine.py --ops add,mul --time 1 --seed 1 -o found", FINDINGS),
    "grade": (f"{GRADE} new", AGREES),
    "gradebook": ("gradebook marks", AGREES),
    "gradebook json": ("gradebook marks --json", AGREES),
    "doctor": ("doctor", None),
    "alike": ("alike class", AGREES),
    "export": ("export canvas --from marks -o one.csv", AGREES),
    "help": ("--help", AGREES),
    "version": ("--version", AGREES),
    "completion": ("--print-completion bash", AGREES),
}
SAY_NOTHING_OF_IT = {"doctor"}
"""Commands whose status depends on the machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an engine, a class, and its marks."""
    place = tmp_path_factory.mktemp("streams")
    (place / "class").mkdir()
    for name in ("engine.py", "class/ann.py", "class/bob.py"):
        (place / name).write_text(HONEST)
    assert run("", f"{GRADE} marks", place).returncode == AGREES
    return place


def run(
    redirection: str, command: str, folder: Path, at_once: bool = False
) -> subprocess.CompletedProcess[str]:
    """A command of the harness, with the shell's redirection; what is left is captured. Output is
    written when there is enough of it, or ``at_once``."""
    line = f"{shlex.quote(sys.executable)} -m harness {command} {redirection}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    environment["PYTHONUNBUFFERED"] = "1" if at_once else ""
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True
    )


def undone(folder: Path) -> None:
    """Takes away what a command makes anew."""
    subprocess.run(["rm", "-rf", "cases", "new", "found", "adapter.py"], cwd=folder, check=True)


def quiet(done: subprocess.CompletedProcess[str]) -> bool:
    told = done.stdout + done.stderr
    return "Traceback" not in told and "Exception ignored" not in told


@sweep("name", COMMANDS, always=2, sample=4)
def test_what_standard_output_does_not_take_is_an_error(folder: Path, name: str) -> None:
    for redirection, at_once, told in (
        (">&-", False, "standard output cannot be written: Bad file descriptor"),
        (">/dev/full", True, "standard output cannot be written: No space left on device"),
    ):
        undone(folder)
        done = run(redirection, COMMANDS[name][0], folder, at_once)
        assert (done.returncode, quiet(done)) == (COULD_NOT_RUN, True), done.stderr
        assert told in done.stderr


@sweep("name", COMMANDS, always=1, sample=4)
def test_whoever_reads_no_more_stops_a_command_without_a_word(folder: Path, name: str) -> None:
    undone(folder)
    done = run("| true; exit ${PIPESTATUS[0]}", COMMANDS[name][0], folder)
    assert quiet(done) and "standard output" not in done.stderr
    assert done.returncode == COULD_NOT_RUN


@sweep("name", COMMANDS, always=1, sample=4)
def test_whoever_closes_standard_error_misses_remarks_and_nothing_else(
    folder: Path, name: str
) -> None:
    command, status = COMMANDS[name]
    undone(folder)
    right = run("", command, folder)
    assert name in SAY_NOTHING_OF_IT or right.returncode == status, right.stderr
    for redirection in ("2>&-", "2>/dev/full", "0<&-", "2> >(true)"):
        undone(folder)
        done = run(redirection, command, folder)
        assert (done.returncode, quiet(done)) == (right.returncode, True)
        if name not in ("fuzz", "gradebook json"):
            assert done.stdout == right.stdout


def test_what_could_not_be_done_is_told_by_the_status_alone_where_nothing_can_be_said(
    folder: Path,
) -> None:
    for command in ("check nothing.py", "nonsense", "gradebook nowhere"):
        for redirection in ("2>&-", "2>/dev/full", ">&- 2>&-"):
            done = run(redirection, command, folder)
            assert (done.returncode, done.stdout) == (COULD_NOT_RUN, ""), (command, redirection)


def test_what_a_command_writes_is_there_though_nobody_hears_of_it(folder: Path) -> None:
    (folder / "out.json").unlink(missing_ok=True)
    run(">&-", COMMANDS["check and write"][0], folder)
    assert (folder / "out.json").stat().st_size > 100
    undone(folder)
    run(">&- 2>&- <&-", COMMANDS["grade"][0], folder)
    assert "ann" in run("", "gradebook new", folder).stdout


def test_a_path_that_is_no_text_can_be_told(folder: Path) -> None:
    """Linux' names are bytes: they are told as escapes, not answered with a traceback."""
    done = run("", f"{GRADE} $'n\\xff'", folder)
    assert done.returncode == AGREES and "n\\udcff/gradebook" in done.stdout, done.stderr
