"""`harness adapt` writes an adapter: what was found works at once, what was not is marked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sweeps import long

STRANGERS = Path(__file__).resolve().parents[1] / "strangers"

UNDERSTOOD = """
class Scalar:
    def __init__(self, value, name, parents=()):
        self.value, self.derivative, self.name, self.parents = value, 0.0, name, parents

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other, "number")
        return Scalar(self.value * other.value, "", ((self, other.value), (other, self.value)))

    def backprop(self, dout=1.0):
        self.derivative += dout
        for parent, local in self.parents:
            parent.backprop(local * dout)
"""

STRANGE = """
class Number:
    def __init__(self, v, back=()):
        self.v, self.slope, self.back = v, 0.0, back

    def multiplied(self, other):
        return Number(self.v * other.v, [(self, other.v), (other, self.v)])

    def go(self, slope, deep):
        self.slope += slope
        for number, local in self.back:
            number.go(local * slope, deep + 1)
"""

FILLED = {
    "gradient": "return node.slope",
    "backward": "output.go(seed, 0)",
}


def harness(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments], cwd=folder, capture_output=True, text=True
    )


def judged(folder: Path, engine: str) -> list[tuple[str, str]]:
    done = harness(folder, "check", engine, "--cases", "cases/scalars", "--json", "-")
    assert done.stdout, done.stderr
    return [(case["id"], case["status"]) for case in json.loads(done.stdout)["cases"]]


@long
def test_the_adapter_of_an_engine_that_is_understood_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(UNDERSTOOD)
    done = harness(tmp_path, "adapt", "student.py")
    assert done.stdout == "adapter.py: no gap. Then: harness check adapter.py\n"
    assert "return node.derivative" in (tmp_path / "adapter.py").read_text()
    found = judged(tmp_path, "adapter.py")
    assert found == judged(tmp_path, "student.py")
    assert ("cases/scalars/x_times_x.yaml", "passed") in found


def test_gaps_are_marked_with_what_the_engine_has_and_can_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(STRANGE)
    done = harness(tmp_path, "adapt", "student.py", "-o", "mine.py")
    assert done.stdout == "mine.py: 2 gaps to fill in. Then: harness check mine.py\n"
    text = (tmp_path / "mine.py").read_text()
    assert "the objects have v, slope, back" in text
    assert "the methods are go, multiplied" in text
    assert "# the engine also has: go, multiplied\n" in text
    for gap, line in FILLED.items():
        text = text.replace(f'raise NotImplementedError("GAP: {gap}")', line)
    text = text.replace(
        "operations = {", 'operations = {\n        "mul": engine.Number.multiplied,'
    )
    (tmp_path / "mine.py").write_text(text)
    assert ("cases/scalars/x_times_x.yaml", "passed") in judged(tmp_path, "mine.py")


@pytest.mark.parametrize("place", ["pkg/engine.py", "below/student.py", "my.ipynb"])
def test_the_adapter_finds_its_engine(place: str, tmp_path: Path) -> None:
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    text = UNDERSTOOD
    if place.startswith("pkg"):
        (file.parent / "__init__.py").write_text("")
    if place.endswith(".ipynb"):
        cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": []}
        text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    file.write_text(text)
    assert harness(tmp_path, "adapt", place, "-o", "adapter.py").returncode == 0
    assert ("cases/scalars/x_times_x.yaml", "passed") in judged(tmp_path, "adapter.py")


REFUSED = {
    ("adapt", "student.py", "-o", "student.py"): "student.py is there already",
    ("adapt", "student.py", "-o", "a.txt"): "a.txt: an adapter is a Python file",
    ("adapt", "student.py", "-o", "no/a.py"): "there is no folder no",
    ("adapt", "nobody.py"): "nobody.py: no such file",
    ("adapt", "peer:micrograd"): "peer:micrograd has its adapter already",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_cannot_be_adapted_is_said(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(UNDERSTOOD)
    done = harness(tmp_path, *arguments)
    assert done.returncode == 2
    assert REFUSED[arguments] in done.stderr
    assert os.listdir(tmp_path) == ["student.py"]


@pytest.mark.parametrize("name", ["dict_graph", "structs_of_arrays", "flow_graph", "taylor_jets"])
def test_an_adapter_of_another_form_works_as_it_is_written(name: str, tmp_path: Path) -> None:
    shutil.copy(STRANGERS / "hobby" / f"{name}.py", tmp_path)
    assert "no gap" in harness(tmp_path, "adapt", f"{name}.py").stdout
    assert ("cases/scalars/x_times_x.yaml", "passed") in judged(tmp_path, "adapter.py")


def test_a_module_without_a_class_gets_an_adapter_of_gaps(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text("def times(x, y):\n    return x * y\n")
    done = harness(tmp_path, "adapt", "student.py")
    assert "gaps to fill in" in done.stdout
    text = (tmp_path / "adapter.py").read_text()
    assert "the module has times" in text
    compile(text, "adapter.py", "exec")


def test_a_gap_that_is_left_is_told_and_nothing_judged(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(STRANGE)
    harness(tmp_path, "adapt", "student.py")
    done = harness(tmp_path, "check", "adapter.py")
    assert done.returncode == 2
    assert "still to be filled in, where it says GAP: gradient, backward" in done.stderr


def test_an_adapter_can_say_that_an_operation_is_lacking(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(
        f"{UNDERSTOOD}\n"
        "from harness.engines.adapter import ObjectEngine\n"
        "class Adapter(ObjectEngine):\n"
        "    cls = Scalar\n"
        '    operations = {"mul": None}\n'
    )
    assert ("cases/scalars/x_times_x.yaml", "unsupported") in judged(tmp_path, "student.py")


@long
def test_an_engine_of_functions_gets_an_adapter_that_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "student.py").write_text(
        "class Dual:\n"
        "    def __init__(self, v, d=0.0):\n"
        "        self.v, self.d = v, d\n"
        "    def __add__(self, other):\n"
        "        other = other if isinstance(other, Dual) else Dual(other)\n"
        "        return Dual(self.v + other.v, self.d + other.d)\n"
        "    def __mul__(self, other):\n"
        "        other = other if isinstance(other, Dual) else Dual(other)\n"
        "        return Dual(self.v * other.v, self.v * other.d + self.d * other.v)\n"
        "    __radd__, __rmul__ = __add__, __mul__\n"
        "def grad(f):\n"
        "    return lambda x: f(Dual(x, 1.0)).d\n"
    )
    assert harness(tmp_path, "adapt", "student.py").returncode == 0
    assert "class Adapter(FunctionEngine)" in (tmp_path / "adapter.py").read_text()
    found = judged(tmp_path, "adapter.py")
    assert found == judged(tmp_path, "student.py")
    assert ("cases/scalars/x_times_x.yaml", "passed") in found
