"""pytest and the levels of the ladder: how far an engine has come, and a level run alone."""

from __future__ import annotations

import pytest
from pytest_plugin.projects import GOOD, Project

pytest_plugins = ["pytester"]

ARRAY = "about: an array\ninputs: {x: [1.0, 2.0]}\nexpr: x + x\n"


@pytest.fixture
def ladder(project: Project) -> Project:
    project.write("mine.py", GOOD)
    project.write("cases/array.yaml", ARRAY)
    return project


def test_at_the_end_stands_how_far_an_engine_has_come(ladder: Project) -> None:
    out = ladder.run("--engine", "mine.py").stdout
    out.fnmatch_lines(["✓ scalar arithmetic: * 1 of 1", "✓ reuse and order: * 1 of 1"])
    out.no_fnmatch_line("arrays, elementwise: * of *")
    out.fnmatch_lines(["next on the ladder: arrays, elementwise, which opens 1 case (--level 4 *)"])


def test_the_first_level_that_does_not_hold_is_the_one_to_mend(ladder: Project) -> None:
    ladder.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = local"))
    out = ladder.run("--engine", "mine.py").stdout
    out.fnmatch_lines(["✓ scalar arithmetic: * 1 of 1", "  reuse and order: * 0 of 1"])
    out.fnmatch_lines(["first to mend: reuse and order, 1 case wrong (--level 3 runs it alone)"])


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--level", "3"), {"product"}),
        (("--level", "scalar arithmetic"), {"total"}),
        (("--harness-level=1", "--level=reuse"), {"total", "product"}),
        (("--upto", "reuse"), {"total", "product"}),
        (("--upto=11",), {"total", "product", "array"}),
    ],
)
def test_levels_are_run_alone(ladder: Project, options: tuple[str, ...], names: set[str]) -> None:
    told = ladder.run("--collect-only", "-q", *options).stdout.str()
    assert {name for name in ("total", "product", "array") if f"{name}.yaml::" in told} == names
    assert ("deselected" in told) == (len(names) < 3)


def test_what_is_no_level_is_told_before_anything_is_run(ladder: Project) -> None:
    result = ladder.run("--level", "brodcasting")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'brodcasting' is no level; did you mean 'broadcasting'?*"])


def test_one_case_alone_is_told_without_levels(ladder: Project) -> None:
    ladder.run("-k", "total", "--engine", "mine.py").stdout.no_fnmatch_line("scalar arith*")
