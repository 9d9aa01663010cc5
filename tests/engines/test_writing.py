"""Programs written in an engine's own class, in whatever form that is used: they run as scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engines.strange import ARRAYS, ROW, SCALARS, changed, written
from engines.test_forms import ASKED, DUAL, FACTORY, FORMS, GRADS, LAZY

from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.engines.writing import Asked, Script
from harness.language.case import decode
from harness.vocabulary.program import Program

NUMBERS = "inputs: {x: 0.7, y: -1.5}\nexpr: x * y + x\n"

OTHERS = {
    "numbers": SCALARS,
    "asked for gradients": ASKED,
    "computed later": LAZY,
    "made by a tape": FACTORY,
    "a constructor with a name for the number": changed(
        SCALARS,
        ("def __init__(self, data, parents=())", "def __init__(self, *, value, parents=())"),
        ("self.data, self.grad, self.parents = data", "self.data, self.grad, self.parents = value"),
        ("Value(float(x))", "Value(value=float(x))"),
        (
            "return Value(self.data + other.data, [",
            "return Value(value=self.data + other.data, parents=[",
        ),
        (
            "return Value(self.data * other.data, [",
            "return Value(value=self.data * other.data, parents=[",
        ),
        ("return Value(out, [", "return Value(value=out, parents=["),
    ),
    "gradients in a method": changed(
        SCALARS,
        ("def exp(self)", "def slope(self):\n        return self.grad\n\n    def exp(self)"),
    ),
}
"""Engines of numbers that are used in other ways."""


def program(text: str) -> Program:
    return decode(f"about: a\n{text}", Path("case.yaml")).program


def asked(engine: Engine, text: str, part: str = "") -> Script:
    script = engine.written(program(text), Asked("backward", "x", part))
    assert script is not None and not script.raised
    return script


def assert_runs(script: Script, folder: Path) -> None:
    """A fresh process prints what is told."""
    command = [sys.executable, "-c", "\n".join(script.lines)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == script.printed


@pytest.mark.parametrize("form", [*FORMS, *OTHERS])
def test_an_engine_of_any_form_is_written_as_it_is_used(form: str, tmp_path: Path) -> None:
    script = asked(load(written(tmp_path, {**FORMS, **OTHERS}[form])), NUMBERS)
    assert np.isclose(float(script.printed), -0.5)
    assert_runs(script, tmp_path)


@pytest.mark.parametrize("name", ["my-engine", "2", "class"])
def test_a_file_that_no_statement_imports_is_imported_by_its_name(
    name: str, tmp_path: Path
) -> None:
    script = asked(load(written(tmp_path, SCALARS, name)), NUMBERS)
    assert f"Value = import_module({name!r}).Value" in script.lines
    assert_runs(script, tmp_path)


def test_a_file_with_a_dot_in_its_name_is_not_imported(tmp_path: Path) -> None:
    engine = load(written(tmp_path, SCALARS, "my.engine"))
    assert engine.written(program(NUMBERS), Asked("backward", "x")) is None


@pytest.mark.parametrize("way", GRADS)
def test_gradients_of_functions_are_written_as_they_are_asked_for(way: str, tmp_path: Path) -> None:
    script = asked(load(written(tmp_path, DUAL + GRADS[way])), NUMBERS)
    assert "def function(x, y):" in script.lines
    assert np.isclose(float(script.printed), -0.5)
    assert_runs(script, tmp_path)


def test_arrays_their_seed_and_one_element_are_written(tmp_path: Path) -> None:
    script = asked(load(written(tmp_path, ARRAYS)), ROW, "[1]")
    assert "x = Tensor(np.array([0.5, 1.5, 2.5]))" in script.lines
    assert any(line.startswith("f.backward(np.array([") for line in script.lines)
    assert script.lines[-1] == "print(x.grad[1])"
    assert_runs(script, tmp_path)


def test_steps_keep_their_names_and_inner_ones_stand_inside(tmp_path: Path) -> None:
    text = "inputs: {x: 2, y: 3}\nsteps: {q: (x + y) * x, f: q * q}\n"
    script = asked(load(written(tmp_path, SCALARS)), text)
    assert "q = (x + y) * x" in script.lines and "f = q * q" in script.lines


def test_what_cannot_be_imported_is_not_written(tmp_path: Path) -> None:
    tanh = "lambda x: Value(math.tanh(x.data), [(x, 1 - math.tanh(x.data) ** 2)])"
    table = f"{SCALARS}\nOPS = {{'tanh': {tanh}}}\n"
    engine = load(written(tmp_path, table))
    text = "inputs: {x: 2}\nexpr: tanh(x)\n"
    assert not engine.run(program(text)).unsupported
    assert engine.written(program(text), Asked("backward", "x")) is None


def test_second_order_is_not_written(tmp_path: Path) -> None:
    engine = load(written(tmp_path, SCALARS))
    assert engine.written(program(NUMBERS), Asked("second", "x")) is None
