"""Gradients without reverse mode are told to the instructor, and nobody is told wrongly.

`zoo/forward` holds engines whose gradients are right and come of forward passes alone.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from grading.conftest import CASES, HONEST, copy_cases, hand_in
from sweeps import long, sweep
from truths import ROOT

from harness.cli import main
from harness.engines.loading import load
from harness.engines.trace import Work
from harness.grading import reverse, wire
from harness.grading.batch import Order, Piece, one
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Sandbox, strongest
from harness.grading.suite import read
from harness.grading.work import counted

FORWARD = (
    "differences",
    "central_differences",
    "complex_step",
    "duals_apart",
    "duals_together",
    "elements",
    "every_node",
)
REVERSE = [
    "minigrad",
    *(f"tests/zoo/{name}.py" for name in ("arrays", "classes", "rules", "scalars")),
    *(
        f"tests/zoo/correct/{name}.py"
        for name in (
            "accumulating",
            "applied",
            "continuations",
            "engine_gradients",
            "float_subclass",
            "leaves_only",
            "nested_lists",
            "second_order",
            "static_methods",
            "symbolic",
        )
    ),
    *(
        f"tests/strangers/{name}"
        for name in (
            "engines/depends_on.py",
            "engines/first_evening.ipynb",
            "engines/generators.py",
            "engines/grad_of_functions.py",
            "engines/gradient_tape.py",
            "engines/labelled_value.py",
            "engines/local_gradients.py",
            "engines/wengert_list.py",
            "unseen/courses/dezero_core.py",
            "unseen/strangers/babytorch.py",
        )
    ),
]
ARRAYS = ("exp_array", "mul_stretched_right", "add_stretched_left", "square_array")
"""Cases for engines that have no plain numbers."""

RIGHT = HONEST.replace("else 0.0", "else self.data")
SLOW = "        if number(self) > 40:\n            {}\n        self.grad += upstream\n"
"""What an engine does before its backward pass where a graph is large."""


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    walls, _ = strongest(Limits())
    with Sandbox(walls, Limits()) as box:
        yield box


@pytest.fixture
def grade(tmp_path: Path, box: Sandbox) -> Callable[..., dict[str, Any]]:
    """Grades one submission on a few cases."""
    copy_cases(CASES, tmp_path / "cases")
    for name in ARRAYS:
        shutil.copy(ROOT / f"cases/elementwise/{name}.yaml", tmp_path / "cases")
        shutil.copytree(ROOT / "cases/elementwise" / name, tmp_path / "cases" / name)
    suite = read([str(tmp_path / "cases")], oracle="recorded")

    def grade(path: Path, **options: Any) -> dict[str, Any]:
        marking = options.pop("marking", "cases")
        order = Order(suite, box.walls, Limits(), marking, **options)
        return one(Piece("ann", path), order, box)

    return grade


def written(folder: Path, text: str) -> Path:
    path = folder / "engine.py"
    path.write_text(text)
    return path


def passed(result: dict[str, Any]) -> int:
    """How many backward passes are right."""
    states = [case["passes"]["backward"]["status"] for case in result["cases"] if case["passes"]]
    return states.count("passed")


def codes(result: dict[str, Any]) -> list[str]:
    return [one["code"] for one in result["suspicions"]]


# -- who is told -----------------------------------------------------------------------------------


@sweep("name", FORWARD, always=2, sample=len(FORWARD))
def test_an_engine_without_reverse_mode_is_told(
    grade: Callable[..., dict[str, Any]], name: str
) -> None:
    result = grade(ROOT / f"tests/zoo/forward/{name}.py")
    assert passed(result) >= len(CASES)
    assert codes(result) == ["not-reverse"]
    assert "reverse mode" in result["suspicions"][0]["message"]


@sweep("name", REVERSE, always=3, sample=10)
def test_nothing_is_told_of_an_engine_of_reverse_mode(
    grade: Callable[..., dict[str, Any]], tmp_path: Path, name: str
) -> None:
    place = ROOT / name
    if place.is_dir():
        shutil.copytree(place, tmp_path / "own" / name)
        (tmp_path / "own/engine.py").write_text(f"from {name} import *\n")
        place = tmp_path / "own"
    result = grade(place)
    assert passed(result) > 0
    assert result["suspicions"] == []


LEAKY = """
class Value:
    tape = []

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        Value.tape.append(self)

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self):
        for node in Value.tape:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(Value.tape):
            for parent, local in node.parents:
                parent.grad += local * node.grad
"""


@long
@pytest.mark.parametrize(
    "look",
    [
        "",
        "        order = sorted(Value.tape, key=lambda n: sum(m is n for m in Value.tape))\n",
        "        order = [n for n in Value.tape if any(m is n for m in Value.tape)]\n",
    ],
)
def test_work_that_other_things_make_grow_is_not_told(
    grade: Callable[..., dict[str, Any]], tmp_path: Path, look: str
) -> None:
    """A tape that is never cleared, and one that is searched for each node of it."""
    before = "        for node in Value.tape:\n            node.grad"
    result = grade(written(tmp_path, LEAKY.replace(before, look + before)))
    assert passed(result) == 4 and result["suspicions"] == []


def test_gradients_of_one_argument_at_a_time_cannot_be_told(
    grade: Callable[..., dict[str, Any]],
) -> None:
    """It is the harness that asks for one after the other."""
    result = grade(ROOT / "tests/zoo/correct/transforms.py")
    assert passed(result) >= len(CASES)
    assert result["suspicions"] == []


def test_partial_derivatives_in_one_array_of_numpy_are_not_told(
    grade: Callable[..., dict[str, Any]],
) -> None:
    """The documentation says so: they take no more operations."""
    result = grade(ROOT / "tests/zoo/forward/vectors.py")
    assert passed(result) >= len(CASES) and result["suspicions"] == []


@pytest.mark.parametrize(
    "deed", ["while True: pass", "import os; os._exit(0)", "raise ValueError", "print(1 / 0)"]
)
def test_who_does_not_get_through_the_graphs_is_not_told_and_loses_nothing(
    grade: Callable[..., dict[str, Any]], tmp_path: Path, deed: str
) -> None:
    number = "def number(node):\n    return 1 + sum(number(parent) for parent, _ in node.parents)\n"
    text = number + RIGHT.replace("        self.grad += upstream\n", SLOW.format(deed))
    result = grade(written(tmp_path, text))
    assert result["status"] == "graded" and passed(result) == len(CASES)
    assert result["suspicions"] == []


def test_who_leaves_the_trace_is_graded_as_ever(
    grade: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Operations are counted in its own process: nothing is left then to tell it by."""
    text = (ROOT / "tests/zoo/forward/complex_step.py").read_text()
    hidden = text.replace(
        "        nodes = []\n", "        sys.settrace(None)\n        nodes = []\n"
    )
    result = grade(written(tmp_path, f"import sys\n{hidden}"))
    assert result["status"] == "graded" and passed(result) >= len(CASES)


# -- what is measured ------------------------------------------------------------------------------


def test_operations_are_the_same_in_every_run(tmp_path: Path) -> None:
    engine = load(str(written(tmp_path, (ROOT / "tests/zoo/scalars.py").read_text())))
    for graph in reverse._graphs(("mul", "add"))[0]:
        runs = [counted(engine, graph).work for _ in range(3)]
        assert None not in runs
        ((operations, multiplications),) = {
            (run.operations, run.multiplications) for run in runs if run is not None
        }
        assert operations > multiplications >= len(graph.steps) > 0


def test_every_graph_is_of_as_many_steps_and_depends_on_every_leaf() -> None:
    for ops in (("mul", "add"), ("mul",), ("add",)):
        for few, many, small in reverse._graphs(ops):
            assert len(few.steps) == len(many.steps) == reverse.SMALLER * len(small.steps)
            for graph in (small, few, many):
                assert graph.reaching == graph.differentiable
                assert {step.op for step in graph.steps} == set(ops)


def test_what_a_submission_says_of_its_work_is_checked() -> None:
    fair = {"operations": 10, "multiplications": 2}
    assert wire.work(fair) == Work(10, 2)
    for odd in (-1, "3", None, True, float("nan"), float("inf"), 10**400, [1]):
        assert wire.work({**fair, "operations": odd}) is None
        assert wire.work({**fair, "multiplications": odd}) is None
    assert wire.work([10, 2]) is None


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("marking", ["cases", "carried-forward"])
def test_gradients_earn_nothing_where_reverse_mode_alone_counts(
    grade: Callable[..., dict[str, Any]], marking: str
) -> None:
    path = ROOT / "tests/zoo/forward/duals_together.py"
    usual = grade(path, marking=marking)
    strict = grade(path, marking=marking, reverse_only=True)
    assert codes(usual) == codes(strict) == ["not-reverse"]
    assert passed(strict) == 0
    for before, case in zip(usual["cases"], strict["cases"], strict=True):
        forward = case["passes"]["forward"]
        assert forward == before["passes"]["forward"]
        if marking == "cases":
            assert case["score"] == case["max_score"] / 2 * (forward["status"] == "passed")
        else:
            assert case["score"] <= before["score"]
    assert 0 < strict["score"] < usual["score"]
    assert "the engine has no reverse mode" in {case["reason"] for case in strict["cases"]}
    assert strict["findings"] == []


def test_who_has_reverse_mode_loses_nothing_where_it_alone_counts(
    grade: Callable[..., dict[str, Any]],
) -> None:
    path = ROOT / "tests/zoo/scalars.py"
    first, second = grade(path), grade(path, reverse_only=True)
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


# -- who sees it -----------------------------------------------------------------------------------


def graded(*options: str) -> None:
    arguments = ["grade", "submissions", "--out", "marks", "--cases", "cases"]
    assert main([*arguments, "--oracle", "recorded", *options]) == 0


def test_the_instructor_is_told_and_no_student(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "tests/zoo/forward/duals_together.py", class_ / "submissions/eve.py")
    graded()
    told = capsys.readouterr().out
    assert "1 submission is suspect (harness gradebook marks ID shows why): eve" in told
    assert main(["gradebook", "marks", "eve"]) == 0
    assert codes(json.loads(capsys.readouterr().out)) == ["not-reverse"]
    assert main(["export", "class", "--from", "marks", "-o", "class.html"]) == 0
    assert "not-reverse" in Path("class.html").read_text()
    assert main(["export", "json", "--from", "marks", "-o", "all"]) == 0
    assert "not-reverse" in Path("all/eve.json").read_text()
    pages = ["--cases", "cases", "--oracle", "recorded"]
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        own = pages if format == "pages" else []
        assert main(["export", format, "--from", "marks", "-o", format, *own]) == 0
        for path in Path(format).iterdir():
            text = path.read_text()
            assert "not-reverse" not in text and "reverse mode" not in text
    for format in ("canvas", "nbgrader"):
        assert main(["export", format, "--from", "marks", "-o", f"{format}.csv"]) == 0
        assert "reverse" not in Path(f"{format}.csv").read_text()


def test_where_there_is_one_submission_nothing_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an autograder's, and what it prints may be shown to the student."""
    monkeypatch.chdir(tmp_path)
    copy_cases(CASES, tmp_path / "cases")
    hand_in(tmp_path, "eve", (ROOT / "tests/zoo/forward/duals_together.py").read_text())
    graded()
    assert "suspect" not in capsys.readouterr().out


def test_another_rule_for_reverse_mode_grades_anew(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graded()
    graded("--reverse-only")
    graded("--reverse-only")
    told = capsys.readouterr().out
    assert told.count("4 found: 3 graded, 1 refused.") == 2
    assert told.count("4 found: 4 kept as they were.") == 1
    assert "suspect" not in told


def test_an_autograder_and_a_workflow_are_told_of_the_rule(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["export", "gradescope", "-o", "a.zip", "--cases", "cases", "--reverse-only"]
    assert main(arguments) == 0
    with zipfile.ZipFile("a.zip") as archive:
        assert "--reverse-only" in archive.read("run_autograder").decode()
    assert main(["export", "github", "-o", "w.yml", "--reverse-only"]) == 0
    assert "--reverse-only" in Path("w.yml").read_text()
    assert main(["export", "github", "-o", "w.yml"]) == 0
    assert "--reverse-only" not in Path("w.yml").read_text()
