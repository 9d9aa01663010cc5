"""pytest and the settings of a project."""

from __future__ import annotations

import pytest
from pytest_plugin.projects import GOOD, Project

pytest_plugins = ["pytester"]

WRONG = GOOD.replace("(other, self.data)", "(other, -self.data)")


@pytest.fixture
def set_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose engine is set, and has a mistake."""
    for key in ("ENGINE", "CASES", "LEVELS", "ASSIGNMENT", "LANGUAGE"):
        monkeypatch.delenv(f"HARNESS_{key}", raising=False)
    project.write("mine.py", WRONG)
    project.write("right.py", GOOD)
    project.write("pyproject.toml", '[tool.harness]\nengine = "mine.py"\n')
    return project


def test_the_engine_need_not_be_typed(set_up: Project) -> None:
    run = set_up.run()
    run.stdout.fnmatch_lines(["set by pyproject.toml: engine mine.py", "engine: *mine.py, held *"])
    assert run.parseoutcomes()["failed"] == 1


def test_an_option_comes_before_a_variable_and_that_before_the_file(
    set_up: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_ENGINE", "right.py")
    run = set_up.run()
    run.stdout.fnmatch_lines(["set by HARNESS_ENGINE: engine right.py"])
    assert "failed" not in run.parseoutcomes()
    run = set_up.run("--engine", "mine.py")
    run.stdout.no_fnmatch_line("set by *")
    assert run.parseoutcomes()["failed"] == 1


def test_levels_and_folders_of_cases_are_set_too(set_up: Project) -> None:
    set_up.write("more/array.yaml", "about: an array\ninputs: {x: [1.0, 2.0]}\nexpr: x + x\n")
    set_up.write("pyproject.toml", '[tool.harness]\ncases = "more"\nlevels = [4]\n')
    run = set_up.pytester.runpytest_inprocess(".", "--engine=right.py", "--collect-only", "-q")
    run.stdout.fnmatch_lines(["more/array.yaml::forward"])
    run.stdout.no_fnmatch_line("cases/*")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("engin = 'mine.py'", "ERROR: pyproject.toml:2:1: there is no setting 'engin'; did you*"),
        ("engine = 'gone.py'", "ERROR: pyproject.toml:2:1: gone.py: no such file*"),
        ("levels = ['nine']", "ERROR: pyproject.toml:2:1: 'nine' is no level*"),
    ],
)
def test_what_is_wrong_is_a_usage_error(set_up: Project, table: str, message: str) -> None:
    set_up.write("pyproject.toml", f"[tool.harness]\n{table}\n")
    run = set_up.run()
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([message])


def test_a_run_without_cases_does_not_load_the_engine(set_up: Project) -> None:
    set_up.write("pyproject.toml", "[tool.harness]\nengine = 'gone.py'\n")
    set_up.write("tests/test_own.py", "def test_it():\n    pass\n")
    set_up.pytester.makeini("[pytest]\n")
    run = set_up.pytester.runpytest_inprocess("tests")
    run.assert_outcomes(passed=1)


def test_a_failure_has_the_line_of_its_case(set_up: Project) -> None:
    lines = list[int]()

    class Places:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                lines.append(report.longrepr.reprcrash.lineno)  # type: ignore[union-attr]

    set_up.write("cases/late.yaml", "# one\n# two\nabout: a\ninputs: {x: 3.0}\nexpr: x * x\n")
    set_up.pytester.runpytest_inprocess("cases/late.yaml", "--oracle=torch", plugins=[Places()])
    assert lines == [5]
