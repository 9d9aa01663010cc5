"""`pytest cases/` from outside: small projects, run by a pytest within pytest."""

from __future__ import annotations

import os
import re
import shlex
import sys
import textwrap
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from sweeps import long

from harness.cli import main
from harness.engines import reference  # noqa: F401
from harness.judging import snapshot, verdict  # noqa: F401
from harness.pytest_plugin import items, snapshots, summary  # noqa: F401
from harness.showing import report  # noqa: F401

# What is imported here is not imported anew by every inner run.

pytest_plugins = ["pytester"]

PRODUCT = """
about: both operands of a product are needed
tags: [product]
inputs: {x: 3.0, y: -4.0}
steps:
  q: x + y
  f: q * x
"""
SUM = """
about: a sum passes its upstream gradient on
inputs: {a: 1.5, b: 2.5}
expr: a + b + 2
"""

GOOD = """
class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.back:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.back:
                parent.grad += local * node.grad
"""


class Project:
    """A folder with cases, and pytest to run on it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        pytester.makeini("[pytest]\ncase_paths = cases\n")

    def write(self, name: str, text: str) -> Path:
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def run(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", "cases", *args)

    def recorded(self) -> Project:
        """The same project with its snapshots."""
        self.run("--regen-all")
        return self

    @property
    def files(self) -> set[str]:
        root = self.pytester.path / "cases"
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    project = Project(pytester)
    project.write("cases/basics/product.yaml", PRODUCT)
    project.write("cases/basics/total.yaml", SUM)
    return project


# -- snapshots -------------------------------------------------------------------------------------


def test_the_first_run_records_and_the_second_passes(project: Project) -> None:
    first = project.run()
    first.assert_outcomes(failed=4)
    first.stdout.fnmatch_lines(["*recorded cases/basics/product/forward.yml*look at them*commit*"])
    assert "basics/product/backward.yml" in project.files
    project.run().assert_outcomes(passed=4)


def test_a_snapshot_holds_torchs_numbers_for_every_step(project: Project) -> None:
    project.recorded()
    folder = project.pytester.path / "cases/basics/product"
    first, numbers = (folder / "forward.yml").read_text().split("\n", 1)
    assert re.fullmatch(r"# torch \d+\.\d+\.\d+, program [0-9a-f]{16}", first)
    assert numbers == 'x: 3.0\n"y": -4.0\nq: -1.0\nf: -3.0\n'
    _, numbers = (folder / "backward.yml").read_text().split("\n", 1)
    assert numbers == 'x: 2.0\n"y": 3.0\nq: 3.0\nf: 1.0\n'


def test_a_changed_number_fails_and_force_regen_records_it_anew(project: Project) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/backward.yml"
    path.write_text(path.read_text().replace("q: 3.0", "q: 3.5"))
    result = project.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*q: recorded 3.5, now 3.0", "*--force-regen*"])
    project.run("--force-regen").assert_outcomes(passed=3, failed=1)
    project.run().assert_outcomes(passed=4)
    assert not any("obtained" in name for name in project.files)


CHANGED = "the case was changed after cases/basics/product/forward.yml was recorded"


@pytest.mark.parametrize(
    ("case", "edit", "told"),
    [
        (PRODUCT.replace("3.0", "3.5"), "", CHANGED),
        (PRODUCT.replace("3.0", "3.5"), "torch 1.0", f"{CHANGED} (with torch 1.0; this is torch*)"),
        (
            PRODUCT,
            "torch 1.0",
            "*/forward.yml was recorded with torch 1.0, and torch * gives other",
        ),
        (PRODUCT, "", "*/forward.yml does not hold what torch * gives, and says that it does"),
    ],
)
def test_why_a_snapshot_differs_is_told_as_its_first_line_has_it(
    project: Project, case: str, edit: str, told: str
) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/forward.yml"
    text = path.read_text().replace("f: -3.0", "f: -3.5")
    path.write_text(re.sub(r"torch [\d.]+", edit, text) if edit else text)
    project.write("cases/basics/product.yaml", case)
    run = project.run()
    run.stdout.fnmatch_lines(
        [
            f"  {told}*",
            "    f: recorded -3.5, now *",
            "*record it anew: pytest cases/basics/product.yaml --force-regen",
        ]
    )
    assert "assert not" not in run.stdout.str()


def test_a_difference_in_the_last_digit_is_none(project: Project) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/backward.yml"
    text = path.read_text().replace("q: 3.0", "q: 3.0000000000000004")
    path.write_text(text)
    project.run("--force-regen").assert_outcomes(passed=4)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nx: 1\n", "[1, 2]", "x: {", "x: abc", ""])
def test_a_snapshot_that_is_none_is_told(project: Project, text: str) -> None:
    project.recorded()
    project.write("cases/basics/product/forward.yml", text)
    result = project.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*cases/basics/product/forward.yml*"])
    assert "Traceback" not in result.stdout.str()
    project.run("--force-regen").assert_outcomes(passed=3, failed=1)
    project.run().assert_outcomes(passed=4)


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


def test_gradients_of_gradients_are_an_item_of_their_own(project: Project) -> None:
    project.write("cases/basics/cube.yaml", "about: a\norder: 2\ninputs: {x: 2}\nexpr: x ** 3\n")
    project.recorded().run().assert_outcomes(passed=7)
    folder = project.pytester.path / "cases/basics/cube"
    assert (folder / "second.yml").read_text().endswith("\nx: 12.0\n")
    project.write("mine.py", GOOD)
    result = project.run("--engine", "mine.py", "-rs")
    result.assert_outcomes(passed=4, skipped=3)
    project.write("cases/basics/cube.yaml", "about: a\ninputs: {x: 2}\nexpr: x ** 3\n")
    result = project.run()
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines(["*second.yml*asks for no such pass*"])


def test_backward_twice_must_give_g_or_2g(project: Project) -> None:
    case = "about: a\nbackward: 2\ninputs: {x: 2, y: 3}\nsteps: {q: x * y, f: q * x}\n"
    project.write("cases/basics/twice.yaml", case)
    project.recorded().run().assert_outcomes(passed=6)
    project.write("mine.py", GOOD)  # adds to what the first pass left at q
    result = project.run("--engine", "mine.py")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*backward is called twice*", "*stale-grad: *"])
    fresh = GOOD.replace(
        "self.grad = 1.0", "for node in order: node.grad = 0.0\n        self.grad = 1"
    )
    project.write("mine.py", fresh)
    project.run("--engine", "mine.py").assert_outcomes(passed=6)


# -- other engines ---------------------------------------------------------------------------------


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
            "*f = (x + y) * x*at x = 3.0, y = -4.0",
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


@pytest.mark.parametrize("options", [(), ("--strict",), ("-q",)])
def test_where_nothing_was_judged_nothing_has_passed(
    project: Project, options: tuple[str, ...]
) -> None:
    none = GOOD.replace("__add__", "first").replace("__mul__", "second")
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
    none = GOOD.replace("__add__", "first").replace("__mul__", "second")
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


# -- recorded numbers as the truth -----------------------------------------------------------------


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


# -- files that are not cases ----------------------------------------------------------------------


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


# -- pytest's own ways -----------------------------------------------------------------------------


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


def test_the_repositorys_lecture_snapshots_hold_the_numbers_worked_by_hand() -> None:
    root = Path(__file__).resolve().parent.parent / "cases" / "lecture"

    def read(name: str) -> dict[str, float]:
        numbers = snapshot.parse((root / name).read_text(encoding="utf-8"))
        return {key: float(value) for key, value in numbers.items()}

    forward = read("product_of_sum/forward.yml")
    assert forward == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    backward = read("product_of_sum/backward.yml")
    assert backward == {"x": -4, "y": -4, "z": 3, "q": -4, "f": 1}
    assert read("staged/forward.yml")["f"] == pytest.approx(1.5456448841, abs=5e-11)
    assert read("staged/backward.yml")["x"] == pytest.approx(2.0595697956, abs=5e-11)
    assert read("staged/backward.yml")["y"] == pytest.approx(1.5922327515, abs=5e-11)


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
            "   read:   cases/many",
            "12 failures of these same mistakes are not shown; -v shows them all",
            "*13 failed*",
        ]
    )
    assert str(run.stdout).count("✗ cases/") == 1
    assert str(project.run("--engine=mine.py", "-v").stdout).count("✗ cases/") == 13
