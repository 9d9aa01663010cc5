"""What a run tells at its end: the mistakes, and where nothing was judged."""

from __future__ import annotations

import sys

import pytest
from pytest_plugin.projects import GOOD, Project
from sweeps import long

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("options", [(), ("--strict",), ("-q",)])
def test_where_nothing_was_judged_nothing_has_passed(
    project: Project, options: tuple[str, ...]
) -> None:
    none = GOOD.replace("__add__", "_first").replace("__mul__", "_second")
    project.write("mine.py", none)
    result = project.run("--engine", "mine.py", *options)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    told = "ERROR: nothing was judged: the engine has no + (Value has no __add__)"
    result.stdout.fnmatch_lines(["not judged in full: 2 cases. Next to build: x + y: 2 cases"])
    assert told in result.stdout.str()
    project.run("--engine", "mine.py", "--collect-only").stdout.no_fnmatch_line("*nothing was*")


@long
def test_where_nothing_was_judged_by_two_processes_nothing_has_passed(project: Project) -> None:
    pytest.importorskip("xdist")
    none = GOOD.replace("__add__", "_first").replace("__mul__", "_second")
    project.write("mine.py", none)
    command = [sys.executable, "-m", "pytest", "cases", "-n", "2", "--engine", "mine.py"]
    result = project.pytester.run(*command)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR: nothing was judged: the engine has no +*"])


def test_forward_passes_count_where_there_is_no_backward_yet(project: Project) -> None:
    project.write("mine.py", GOOD.partition("    def backward")[0])
    result = project.run("--engine", "mine.py", "-rs")
    result.assert_outcomes(passed=2, skipped=2)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "not judged in full: 2 cases. Next to build: backward: 2 cases",
            "SKIPPED [[]2] cases: unsupported: the engine has no backward",
        ]
    )
    result = project.run("--engine", "mine.py", "-k", "backward")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR: nothing was judged: the engine has no backward"])


def test_of_many_failures_only_the_evidence_is_shown(project: Project) -> None:
    for number in range(12):
        text = f"about: a\ninputs: {{x: {number + 1.5}, y: -4.0}}\nexpr: x * y\n"
        project.write(f"cases/many/case_{number:02}.yaml", text)
    project.write("mine.py", GOOD.replace("(other, self.data)", "(other, -self.data)"))
    run = project.run("--engine=mine.py")
    run.stdout.fnmatch_lines(
        [
            "*1 mistake explains all 13 failures*",
            "1. mul, backward by y: wrong-sign  (13 cases, 6.5 points)",
            "   what it means: harness explain wrong-sign",
            "12 failures of these same mistakes are not shown; -v shows them all",
            "*13 failed*",
        ]
    )
    assert str(run.stdout).count("✗ cases/") == 1
    assert str(project.run("--engine=mine.py", "-v").stdout).count("✗ cases/") == 13
