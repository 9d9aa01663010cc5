"""An operation is added in the vocabulary, in minigrad and with its cases, and nowhere else.

A copy of the house gets ``trace``, with a shape rule and a numeric function of its own, and
``hypot``, of known kinds, as CONTRIBUTING says. Then all that reads the vocabulary has them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sweeps import LONG
from truths import ROOT

pytestmark = list(LONG)

OPERATIONS = {
    "signatures.py": [
        (
            '    Operation("outer",',
            '    Operation("trace", "tr", "trace"),\n'
            '    Operation("hypot", "hyp", "broadcast", _XY),\n',
        )
    ],
    "formulas_arrays.py": [
        (
            '    "outer": Formula(',
            '    "trace": Formula(\n'
            '        "torch.trace", "trace({x})", {"x": "on_diagonal({dout}, shape({x}))"}\n'
            "    ),\n"
            '    "hypot": Formula(\n'
            '        "torch.hypot",\n'
            '        "hypot({x}, {y})",\n'
            '        {"x": "{x} / {out} * {dout}", "y": "{y} / {out} * {dout}"},\n'
            "    ),\n",
        )
    ],
    "slips_arrays.py": [
        (
            '    "outer": {',
            '    "trace": {"x": (("everywhere", "{dout} + 0 * {x}"),)},\n'
            '    "hypot": {\n'
            '        "x": (("the root is left out", "{x} * {dout}"),),\n'
            '        "y": (("the root is left out", "{y} * {dout}"),),\n'
            "    },\n",
        )
    ],
    "shapes.py": [
        (
            '    "outer": _outer,',
            '    "trace": _trace,\n',
        ),
        (
            "RULES:",
            "def _trace(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:\n"
            "    if len(shapes[0]) != 2:\n"
            '        raise ShapeError(f"trace takes a matrix, not shape {shapes[0]}")\n'
            "    return ()\n\n\n",
        ),
    ],
    "numerics.py": [
        (
            "def onehot(",
            "def on_diagonal(dout: Array, shape: tuple[int, ...]) -> Array:\n"
            '    """``dout`` on the diagonal of a matrix of zeros."""\n'
            "    return dout * np.eye(*shape)\n\n\n",
        )
    ],
    "examples.py": [('    "matmul": (MATRIX', '    "trace": (MATRIX,),\n')],
}
"""What is added before which line, in which file of the vocabulary."""

MINIGRAD = """

@rules(lambda g, out, x: g * np.eye(*np.shape(x), dtype=plain(x).dtype))
def trace(x: Any) -> Any:
    return np.trace(x)


@rules(lambda g, out, x, y: g * x / out, lambda g, out, x, y: g * y / out)
def hypot(x: Any, y: Any) -> Any:
    return np.hypot(x, y)
"""
CASES = {
    "trace": "about: the trace of a product\n"
    "inputs:\n  a: [[1, 2], [3, 4]]\n  b: [[0.5, -1], [2, 1.5]]\n"
    "expr: trace(a @ b) * 2\norder: 2\n",
    "hypot": "about: the length of a side, its legs used again\ninputs: {x: 3, y: 4}\n"
    "expr: hypot(x, y) * x + hypot(y, 2)\n",
    "hypot_of_rows": "about: one leg is stretched\ninputs:\n  x: [[3, 1], [2, 5]]\n  y: [4, 2]\n"
    "expr: hypot(x, y)\n",
}
WRONG = """
import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def hypot(self, other):
        out = math.hypot(self.data, other.data)
        return Value(out, [(self, self.data), (other, other.data / out)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository that has two operations more."""
    house = tmp_path_factory.mktemp("house")
    for name in ("harness", "minigrad", "tools", "cases"):
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for name, additions in OPERATIONS.items():
        path = house / "harness" / "vocabulary" / name
        text = path.read_text(encoding="utf-8")
        for before, added in additions:
            start = text.index(f"\n{before}") + 1
            text = text[:start] + added + text[start:]
        path.write_text(text, encoding="utf-8")
    with (house / "minigrad" / "operations.py").open("a", encoding="utf-8") as file:
        file.write(MINIGRAD)
    (house / "cases" / "added").mkdir()
    for name, text in CASES.items():
        (house / "cases" / "added" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (house / "wrong.py").write_text(WRONG, encoding="utf-8")
    told = run(house, "-m", "pytest", "cases/added", "-q")
    assert "failed" in told.stdout, told.stdout  # nothing is recorded yet
    recorded = run(house, "-m", "pytest", "cases/added", "-q", "--force-regen")
    assert "error" not in recorded.stdout, recorded.stdout
    return house


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(house)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def harness(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(house, "-m", "harness", *arguments)


def test_minigrad_agrees_with_torch_on_its_cases(house: Path) -> None:
    told = run(house, "-m", "pytest", "cases/added", "-q")
    assert "7 passed" in told.stdout, told.stdout
    told = harness(
        house, "fuzz", "--engine", "minigrad", "--ops", "trace,hypot", "--time", "5", "--seed", "1"
    )
    assert (told.returncode, "0 mistakes" in told.stdout) == (0, True), told.stdout + told.stderr


def test_it_is_asked_what_every_operation_is_asked(house: Path) -> None:
    own = house / "cases" / "questions"
    before = {path: path.read_bytes() for path in (house / "cases").rglob("*.yaml")}
    told = run(house, "tools/questions.py")
    assert told.returncode == 0, told.stdout + told.stderr
    names = {path.relative_to(own).as_posix() for path in own.rglob("*.yaml")} - {
        path.relative_to(own).as_posix() for path in before if path.is_relative_to(own)
    }
    assert {"numbers/hypot_alone.yaml", "numbers/hypot_reused.yaml"} <= names
    assert {"arrays/trace_below.yaml", "arrays/trace_reused.yaml"} <= names
    assert all(name.split("/")[1].startswith(("hypot_", "trace_")) for name in names)
    assert {path: path.read_bytes() for path in before} == before
    told = run(house, "-m", "pytest", "cases/questions", "-q", "-k", "hypot or trace")
    assert "failed" not in told.stdout and "passed" in told.stdout, told.stdout


def test_a_wrong_rule_is_told_by_its_slip(house: Path) -> None:
    told = harness(house, "check", "wrong.py", "--cases", "cases/added", "--json", "wrong.json")
    assert told.returncode == 1, told.stdout + told.stderr
    (finding,) = json.loads((house / "wrong.json").read_text())["findings"]
    assert (finding["op"], finding["direction"]) == ("hypot", "backward")
    assert "the root is left out" in finding["message"]


def test_it_is_drawn_listed_and_counted(house: Path) -> None:
    told = harness(house, "draw", "cases/added/trace.yaml", "-o", "trace.svg")
    assert told.returncode == 0, told.stderr
    assert ">tr<" in (house / "trace.svg").read_text(encoding="utf-8")
    told = harness(house, "listing", "cases/added/trace.yaml")
    assert "np.trace(" in told.stdout, told.stdout + told.stderr
    told = run(house, "tools/coverage.py")
    table = (house / "cases" / "VOCABULARY.md").read_text(encoding="utf-8")
    assert told.returncode == 0, told.stderr
    assert "trace(x)" in table
    assert "hypot(x, y)" in table


def test_where_it_does_not_fit_the_place_is_told(house: Path) -> None:
    (house / "bad.yaml").write_text("about: no matrix\ninputs: {x: [1, 2]}\nexpr: trace(x)\n")
    told = harness(house, "draw", "bad.yaml", "-o", "bad.svg")
    assert told.returncode == 2
    assert "bad.yaml:3:7: 'f': trace takes a matrix, not shape (2,)" in told.stderr
