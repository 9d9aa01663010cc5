"""What a run of an engine of objects tells: gradients as they are, and what became of values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from engines.strange import ARRAYS, ROW, SCALARS, changed, loaded

from harness.engines.adapter import ObjectEngine
from harness.engines.trace import Breach, Trace
from harness.language.case import decode


def traced(engine: ObjectEngine, text: str = "x * y + x") -> Trace:
    """The trace of an expression of numbers, or of a whole case."""
    if ":" not in text:
        text = f"inputs: {{x: 0.5, y: -1.5}}\nexpr: {text}\n"
    return engine.run(decode(f"about: a\n{text}", Path("case.yaml")).program)


def test_a_right_engine_has_all_values_and_gradients(tmp_path: Path) -> None:
    trace = traced(loaded(tmp_path, SCALARS))
    assert {name: float(value) for name, value in trace.values.items()} == {
        **{"x": 0.5, "y": -1.5},
        **{"x * y": -0.75, "f": -0.25},
    }
    assert {name: float(value) for name, value in trace.gradients.items()} == {
        **{"x": -0.5, "y": 0.5},
        **{"x * y": 1.0, "f": 1.0},
    }
    assert trace.failure is None and trace.breach is None and not trace.leaves_only


def test_a_step_that_changes_its_operand_is_told_with_its_name(tmp_path: Path) -> None:
    rule = "        out = math.exp(self.data)\n"
    text = changed(SCALARS, (rule, f"{rule}        self.data += 1.0\n"))
    assert traced(loaded(tmp_path, text), "exp(x) * y").breach == Breach("forward", "exp(x)", "x")


def test_a_backward_pass_that_changes_a_value_is_told(tmp_path: Path) -> None:
    text = changed(SCALARS, ("        self.grad = 1.0\n", "        self.grad = self.data = 1.0\n"))
    breach = traced(loaded(tmp_path, text)).breach
    assert breach == Breach("backward", None, "f")
    assert breach.message == "the value of f was changed after it was computed"


def test_of_two_steps_with_one_object_the_first_has_the_gradient(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        ("    def exp(self):", "    def relu(self):\n        return self\n\n    def exp(self):"),
    )
    trace = traced(loaded(tmp_path, text), "relu(x) * y")
    assert trace.same == {"relu(x)"}
    assert "relu(x)" not in trace.gradients and "x" in trace.gradients


def test_gradients_in_the_same_memory_are_told_of_each_other(tmp_path: Path) -> None:
    text = changed(
        ARRAYS,
        ("parent.grad = parent.grad + pull(node.grad)", "parent.grad = pull(node.grad)"),
    )
    trace = traced(loaded(tmp_path, text), ROW.replace("x * y + x", "x * 1.0 + y"))
    assert set(trace.shared["f"]) == {"y", "x * 1.0"}


def test_an_engine_that_resets_inner_gradients_is_one_of_leaves(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        (
            "                parent.grad += local * node.grad\n",
            "                parent.grad += local * node.grad\n"
            "            node.grad = node.grad if not node.parents else 0.0\n",
        ),
    )
    trace = traced(loaded(tmp_path, text), "exp(x) * y + x")
    assert trace.leaves_only
    assert trace.gradients.keys() == {"x", "y", "f"}  # the output's is the seed


def test_what_gradients_there_are_is_read_where_backward_stops_halfway(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        (
            "                parent.grad += local * node.grad\n",
            "                if not parent.parents and local == 0.5:\n"
            "                    raise KeyError('here')\n"
            "                parent.grad += local * node.grad\n",
        ),
    )
    trace = traced(loaded(tmp_path, text))
    assert trace.failure is not None and trace.failure.direction == "backward"
    assert float(trace.gradients["f"]) == 1.0


def test_a_backward_pass_that_changes_nothing_is_lacking(tmp_path: Path) -> None:
    text = SCALARS[: SCALARS.index("    def backward")] + "    def backward(self):\n        pass\n"
    trace = traced(loaded(tmp_path, text))
    assert trace.lacks_backward == "backward (it changes nothing yet)"
    assert trace.values.keys() == {"x", "y", "x * y", "f"}


def test_an_engine_of_numbers_lacks_arrays(tmp_path: Path) -> None:
    trace = traced(loaded(tmp_path, SCALARS), ROW)
    assert trace.unsupported is not None and trace.unsupported.startswith("arrays")


def test_an_output_that_is_an_array_is_begun_with_its_seed(tmp_path: Path) -> None:
    engine = loaded(tmp_path, ARRAYS)
    case = decode(f"about: a\n{ROW}seed: [1.0, 10.0, 100.0]\n", Path("case.yaml"))
    gradients = engine.run(case.program).gradients
    np.testing.assert_array_equal(gradients["x"], [3.0, 0.0, 125.0])


def test_a_pass_that_begins_with_zero_is_no_sign_of_gradients_of_leaves_alone(
    tmp_path: Path,
) -> None:
    engine = loaded(tmp_path, changed(SCALARS, ("        self.grad = 1.0\n", "")))
    assert engine.keeps_steps
    assert not traced(engine).leaves_only
