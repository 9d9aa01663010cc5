"""What a run tells of an engine that is wrong, misbehaves, or cannot be had."""

from __future__ import annotations

import os
import shlex
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from pytest_plugin.projects import GOOD, Project

from harness.cli import main

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("here", ["", "cases", "elsewhere"])
def test_a_failure_names_the_command_and_the_place_on_the_page_that_show_it(
    project: Project, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.pytester.path
    project.write("mine.py", GOOD.replace("parent.grad +=", "parent.grad ="))
    project.run()
    (root / here).mkdir(exist_ok=True)
    monkeypatch.chdir(root / here)
    engine, cases = os.path.relpath(root / "mine.py"), os.path.relpath(root / "cases")
    arguments = ["-p", "no:cacheprovider", "--oracle=recorded", "--engine", engine, cases]
    result = project.pytester.runpytest_inprocess(*arguments, "-c", str(root / "tox.ini"))
    lines = iter(result.outlines)
    command = shlex.split(next(line for line in lines if line.startswith("  look: "))[8:])
    page, place = next(lines).strip().split("#")
    assert main(command[1:]) == 0
    text = (root / here / page).read_text(encoding="utf-8")
    assert f'<div id="{place}" class="body">' in text and place.endswith("product.yaml")


def test_another_engine_records_nothing(project: Project) -> None:
    project.write("mine.py", GOOD)
    project.run("--engine", "mine.py").assert_outcomes(passed=4)
    assert not any(name.endswith(".yml") for name in project.files)


@pytest.mark.parametrize("flag", ["--force-regen", "--regen-all"])
def test_another_engine_may_not_regenerate(project: Project, flag: str) -> None:
    project.write("mine.py", GOOD)
    result = project.run("--engine", "mine.py", flag)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*torch's numbers*default engine only*"])


def test_the_first_wrong_step_and_the_missing_term_are_shown(project: Project) -> None:
    project.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = local"))
    result = project.run("--engine", "mine.py")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "✗ cases/basics/product.yaml::backward*mine.py",
            "  q = x + y",
            "  f = q * x",
            "  at x = 3.0, y = -4.0",
            "*forward*2 of 2 steps agree*f = -3.0000000000",
            "*backward*first wrong: dx*",
            "*dx*2.0000000000*3.0000000000*5.0e-01*✗*",
            "*x is used in 2 places, so 2 chain-rule terms are added:",
            "*#(2) f*q [*] df*-1.0000000000*",
            "*#(1) q*1 [*] dq*+3.0000000000*✓ this is all that arrived",
            "*expected*+2.0000000000",
            "*overwrite: a later assignment replaced the earlier terms. *",
            "*: grad += local * upstream",
            "FAILED cases/basics/product.yaml::backward - overwrite*",
        ]
    )
    assert "harness/" not in result.stdout.str()
    assert "plugin.py" not in result.stdout.str()


def test_junit_and_quiet_runs_tell_the_same(project: Project) -> None:
    project.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = local"))
    result = project.run("--engine", "mine.py", "-q", "--junitxml=out.xml")
    assert "✗ missing" in result.stdout.str()
    (failure,) = ElementTree.parse(project.pytester.path / "out.xml").iter("failure")
    assert failure.get("message", "").startswith("overwrite: first wrong dx, expected 2.0")
    assert "✗ missing" in (failure.text or "")


def test_colour_on_demand_only(project: Project) -> None:
    project.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = local"))
    assert "\x1b[" not in project.run("--engine", "mine.py").stdout.str()
    assert "\x1b[35m\x1b[1m✗" in project.run("--engine", "mine.py", "--color=yes").stdout.str()


def test_ascii_where_the_terminal_has_nothing_else(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("mine.py", GOOD.replace("parent.grad += local", "parent.grad = local"))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = [sys.executable, "-m", "pytest", "cases", "--engine", "mine.py"]
    result = project.pytester.run(*command)
    assert result.stdout.str().isascii()
    result.stdout.fnmatch_lines(["x cases/basics/product.yaml::backward*", "*x missing*"])


def test_an_operation_that_is_lacking_is_skipped_and_strict_fails_it(project: Project) -> None:
    project.write("cases/basics/logistic.yaml", "about: a\ninputs: {x: 1}\nexpr: sigmoid(x)\n")
    project.write("mine.py", GOOD)
    result = project.run("--engine", "mine.py", "-rs")
    result.assert_outcomes(passed=4, skipped=2)
    result.stdout.fnmatch_lines(["*unsupported: the engine has no sigmoid*"])
    result = project.run("--engine", "mine.py", "--strict")
    result.assert_outcomes(passed=4, failed=2)


BARE = "        return self.data * 2.0\n        return Value(self.data * other"


ENGINES = {
    "raises": ("return Value(self.data + other.data,", "1 / 0; (", "ZeroDivisionError: division"),
    "none": ("return Value(self.data * other", "Value(self.data * other", "is None"),
    "text": ("return Value(self.data * other.data,", "return Value('ten',", "text, 'ten'"),
    "complex": ("return Value(self.data * other.data,", "return Value(1j,", "complex"),
    "number": ("        return Value(self.data * other", BARE, "a bare float"),
    "nan": ("self.data * other.data,", "float('nan'),", "nan"),
    "exits": ("self.grad = 1.0", "raise SystemExit(0)", "SystemExit: 0"),
    "shape": ("self.data * other.data,", "[self.data] * 2,", "shape (2,)"),
    "recursion": ("order, seen = [], set()", "return self.backward()", "RecursionError"),
}


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_misbehaves_gets_one_clear_line(project: Project, name: str) -> None:
    right, wrong, told = ENGINES[name]
    assert right in GOOD
    project.write("mine.py", GOOD.replace(right, wrong))
    result = project.run("--engine", "mine.py")
    output = result.stdout.str()
    assert result.parseoutcomes()["failed"] >= 1
    assert told in output
    assert "plugin.py" not in output
    assert "objects.py" not in output
    if name in ("raises", "exits", "recursion"):
        assert "mine.py:" in output


LOADING = {
    "nothere.py": "nothere.py: no such file",
    "min.py": "did you mean mine.py?",
    "nothere": "no module or file called 'nothere'",
    "mine": "engine: ./mine.py",
    "mine.py:Valu": "did you mean Value?",
    "cases": "this is a folder; name the .py file in it",
    "cases/": "this is a folder",
    "broken.py": "broken.py: does not import: ZeroDivisionError: division by zero",
    "syntax.py": "SyntaxError",
    "leaves.py": "SystemExit: 3",
    "empty.py": "(it has no class at all)",
    "half.py": "class Value is still empty: let Value(2.0) keep its number first",
}


@pytest.mark.parametrize("spec", LOADING)
def test_an_engine_that_cannot_be_had_is_told_in_one_line(project: Project, spec: str) -> None:
    project.write("mine.py", GOOD)
    project.write("broken.py", "def f():\n    return 1 / 0\n\nf()\n")
    project.write("syntax.py", "def f(:\n")
    project.write("leaves.py", "raise SystemExit(3)\n")
    project.write("empty.py", "x = 1\n")
    project.write("half.py", "class Value:\n    pass\n")
    result = project.run("--engine", spec)
    output = result.stdout.str() + result.stderr.str()
    assert LOADING[spec] in output
    assert "Traceback" not in output
    if spec == "broken.py":
        assert "broken.py:2: in f: return 1 / 0" in output
    if spec != "mine":
        assert result.ret == pytest.ExitCode.USAGE_ERROR
