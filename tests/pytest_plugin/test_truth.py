"""Recorded numbers as the truth: for whom they are, and for which case."""

from __future__ import annotations

import pytest
from pytest_plugin.projects import GOOD, PRODUCT, Project

pytest_plugins = ["pytester"]


def run_without_torch(project: Project, *args: str) -> pytest.RunResult:
    """A run in a process in which importing torch fails, and in which it seems not to be there."""
    project.write("sitecustomize.py", "import sys; sys.modules['torch'] = None\n")
    project.pytester._monkeypatch.setenv("PYTHONPATH", str(project.pytester.path), prepend=":")
    return project.pytester.runpytest_subprocess("cases", *args)


def test_recorded_numbers_are_the_truth_and_torch_is_not_needed(project: Project) -> None:
    project.recorded().write("mine.py", GOOD)
    run = run_without_torch(project, "--oracle=recorded", "--engine=mine.py")
    run.assert_outcomes(passed=4)
    run.stdout.fnmatch_lines(["engine: ./mine.py, held against torch's recorded numbers"])


BY_HAND = """
x, y = 3.0, -4.0
q = x + y
f = q * x
dq = x
dx = q + dq
dy = dq
"""
"""The backward pass of the product."""


def test_a_run_on_recorded_numbers_imports_no_torch_and_collects_garbage(project: Project) -> None:
    project.recorded().write("cases/basics/product/by_hand.py", BY_HAND)
    project.write(
        "conftest.py",
        """
        import gc, sys

        def pytest_sessionfinish():
            print("torch:", "torch" in sys.modules, "collector:", gc.isenabled())
        """,
    )
    run = project.pytester.runpytest_subprocess("cases", "--oracle=recorded", "-s")
    run.assert_outcomes(passed=5)
    run.stdout.fnmatch_lines(["*torch: False collector: True"])


def test_a_wrong_engine_is_told_the_same_without_torch(project: Project) -> None:
    project.recorded().write("mine.py", GOOD.replace("grad += local", "grad = local"))
    run = run_without_torch(project, "--oracle=recorded", "--engine=mine.py")
    run.assert_outcomes(passed=3, failed=1)
    run.stdout.fnmatch_lines(["  backward   first wrong: dx*", "*overwrite: a later assignment*"])


def test_a_case_that_is_not_recorded_or_was_changed_has_no_truth(project: Project) -> None:
    project.run("--oracle=recorded").stdout.fnmatch_lines(
        ["*there is no snapshot product/forward.yml"]
    )
    for changed in (PRODUCT.replace("q", "r"), PRODUCT.replace("3.0", "3.5")):
        project.recorded().write("cases/basics/product.yaml", changed)
        run = project.run("--oracle=recorded")
        run.assert_outcomes(passed=2, failed=2)
        run.stdout.fnmatch_lines(
            [
                "*product/forward.yml is stale: the case was changed after it was recorded "
                "(record it anew: pytest cases/basics/product.yaml --force-regen)"
            ]
        )
        project.write("cases/basics/product.yaml", PRODUCT)


def test_a_changed_case_is_never_judged_by_the_old_numbers(project: Project) -> None:
    project.recorded().write("mine.py", GOOD)
    project.write("cases/basics/product.yaml", PRODUCT.replace("3.0", "3.5"))
    run = project.run("--engine=mine.py")
    run.assert_outcomes(passed=4, warnings=1)
    run.stdout.fnmatch_lines(["*StaleSnapshot: cases/basics/product.yaml: *is stale*torch was*"])
    run = run_without_torch(project, "--engine=mine.py")
    run.assert_outcomes(passed=2, failed=2)
    run.stdout.fnmatch_lines(["*is stale*there is no truth for it without torch: pip install*"])
    run = project.run()  # minigrad's: torch is the truth, and the snapshot's first line is wrong
    run.assert_outcomes(passed=2, failed=2)


def test_provisional_numbers_are_no_snapshot_where_torch_is(project: Project) -> None:
    project.recorded().write("mine.py", GOOD)
    for path in (project.pytester.path / "cases/basics/product").iterdir():
        text = path.read_text()
        path.write_text("# provisional" + text[text.index(",") :].replace("3.0", "4.0"))
    project.run("--engine=mine.py").assert_outcomes(passed=4)
    run = project.run()
    run.assert_outcomes(passed=2, failed=2)
    project.run("--force-regen").assert_outcomes(passed=2, failed=2)
    project.run().assert_outcomes(passed=4)


@pytest.mark.parametrize("flag", ["--force-regen", "--regen-all", "--gradcheck"])
def test_what_needs_torch_is_refused_with_recorded_numbers(project: Project, flag: str) -> None:
    run = project.run("--oracle=recorded", flag)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*--oracle=recorded takes snapshots for the truth*"])


def test_without_torch_the_snapshots_are_the_truth_for_every_engine(project: Project) -> None:
    project.recorded()
    run_without_torch(project).assert_outcomes(passed=4)
    run = run_without_torch(project, "--engine=minigrad", "--oracle=torch")
    run.stderr.fnmatch_lines(["*torch is not installed: pip install torch, or leave out --oracle*"])
