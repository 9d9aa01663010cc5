"""Pytest's own ways, and the plugin's options, on the items of cases."""

from __future__ import annotations

import sys

import pytest
from pytest_plugin.projects import GOOD, Project
from sweeps import long

pytest_plugins = ["pytester"]


def test_selecting_by_name_tag_and_id(project: Project) -> None:
    project.recorded()
    project.run("-k", "total").assert_outcomes(passed=2, deselected=2)
    project.run("-k", "backward").assert_outcomes(passed=2, deselected=2)
    project.run("-m", "product", "--strict-markers").assert_outcomes(passed=2, deselected=2)
    run = project.pytester.runpytest_inprocess
    run("cases/basics/total.yaml::forward").assert_outcomes(passed=1)
    listed = project.run("--collect-only", "-q")
    listed.stdout.fnmatch_lines(["cases/basics/product.yaml::forward"])


def test_last_failed_and_exit_first(project: Project) -> None:
    project.recorded()
    project.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = 2.0"))
    run = project.pytester.runpytest_inprocess
    run("cases", "--engine", "mine.py").assert_outcomes(passed=2, failed=2)
    run("cases", "--engine", "mine.py", "--lf").assert_outcomes(failed=2)
    run("cases", "--engine", "mine.py", "-x").assert_outcomes(passed=1, failed=1)


@long
def test_in_parallel_with_a_bad_file(project: Project) -> None:
    pytest.importorskip("xdist")
    project.recorded().write("cases/basics/bad.yaml", "about: [")
    command = [sys.executable, "-m", "pytest", "cases", "-n", "2", "-p", "no:cacheprovider"]
    result = project.pytester.run(*command)
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 4
    assert outcomes["errors"] >= 1
    result.stdout.fnmatch_lines(["cases/basics/bad.yaml:2:1: *"])


def test_the_reference_checks_itself_on_demand(project: Project) -> None:
    project.recorded().run("--gradcheck").assert_outcomes(passed=4)
