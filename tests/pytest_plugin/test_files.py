"""Which files are cases, and what becomes of those that are none."""

from __future__ import annotations

import pytest
from pytest_plugin.projects import PRODUCT, SUM, Project

pytest_plugins = ["pytester"]


def test_an_orphaned_snapshot_fails(project: Project) -> None:
    project.recorded()
    (project.pytester.path / "cases/basics/product.yaml").unlink()
    result = project.run()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*orphaned snapshot: the case product.yaml does not exist*"])
    project.run("--force-regen").stdout.fnmatch_lines(["*does not exist; it is removed"])
    project.run().assert_outcomes(passed=2)
    assert not any("product" in name for name in project.files)


def test_a_case_called_yml_fails(project: Project) -> None:
    project.recorded().write("cases/basics/other.yml", SUM)
    result = project.run()
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*rename it to other.yaml*"])


def test_a_bad_file_fails_alone_and_the_others_run(project: Project) -> None:
    project.recorded()
    project.write("cases/basics/bad.yaml", "about: a\ninptus: {x: 1}\nexpr: sigmod(x)\n")
    result = project.run()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*cases/basics/bad.yaml:2:1: *'inptus'; did you mean 'inputs'*",
            "*cases/basics/bad.yaml:3:7: unknown operation 'sigmod'; did you mean 'sigmoid'?*",
        ]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_bad_files_do_not_hide_an_error_in_somebody_elses_module(project: Project) -> None:
    project.recorded()
    project.write("cases/basics/bad.yaml", "")
    project.write("test_other.py", "1 / 0\n")
    result = project.pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*Interrupted: 2 errors during collection*"])


def test_an_expectation_that_torch_contradicts_is_told_with_its_place(project: Project) -> None:
    project.write("cases/basics/hand.yaml", PRODUCT + "expect:\n  q: -1\n  dx: 2.5\n")
    result = project.run("--collect-only")
    result.stdout.fnmatch_lines(["*cases/basics/hand.yaml:10:7: torch says dx = 2.*"])


def test_names_that_break_node_ids_are_refused(project: Project) -> None:
    for name in ("a[b]", "a b", "Upper", "a-b"):
        project.write(f"cases/basics/{name}.yaml", SUM)
    project.write("cases/Bad Topic/fine.yaml", SUM)
    result = project.run("--collect-only")
    assert result.parseoutcomes()["errors"] == 5
    assert "call it by a-z, 0-9 and _ alone" in result.stdout.str()


def test_yaml_elsewhere_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ncase_paths = suite/a suite/b\n")
    for folder in ("cases", "config", "suite/a", "suite/b", "suite/c"):
        (pytester.path / folder).mkdir(parents=True)
        (pytester.path / folder / "x.yaml").write_text(SUM)
    result = pytester.runpytest_inprocess("--collect-only", "-q")
    collected = [line for line in result.outlines if "::" in line]
    assert collected == [
        f"suite/{topic}/x.yaml::{way}" for topic in "ab" for way in ("forward", "backward")
    ]


def test_nothing_is_said_in_a_project_without_cases(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_something():\n    pass\n")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1)
    assert "engine:" not in result.stdout.str()
