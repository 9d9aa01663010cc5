"""The forward pass of code that people write, found by running it, and written down as a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sweeps import sweep

from harness.engines import reference
from harness.engines.staged.running import run
from harness.judging.staged.helpers import helpers
from harness.judging.staged.judging import judge
from harness.judging.staged.reading import forward_of
from harness.language.case import Case, CaseError, decode, load
from harness.language.writing import case_text
from harness.showing.staging import stage
from harness.vocabulary.program import Program

ROOT = Path(__file__).resolve().parents[3] / "cases"


def read(text: str, **inputs: float) -> tuple[Program, int]:
    recording = run(text, "s.py", inputs, helpers(text))
    assert recording.stopped is None, recording.stopped
    found, backward = forward_of("s.py", text, recording)
    return found.program, backward


def text_of(text: str, **inputs: float) -> str:
    """Code as the text of a case, without its first line."""
    return case_text("a", read(text, **inputs)[0]).partition("\n")[2]


def listed_cases() -> list[Case]:
    found = [load(path, root=ROOT) for path in sorted(ROOT.rglob("*.yaml"))]
    return [case for case in found if len(case.program.steps) <= 60]


@sweep("case", listed_cases(), always=12, sample=60, ids=lambda case: case.path.stem)
def test_a_listing_comes_back_and_agrees_with_torch(case: Case) -> None:
    text = stage(case.program).text()
    try:
        program, _ = read(text)
    except CaseError as error:
        assert "no step is computed" in str(error) or "index must be" in str(error)
        return
    again = decode(case_text("a", program), Path("a.yaml")).program
    one, other = reference.evaluate(case.program), reference.evaluate(again)
    for name, expected in one.gradients.items():
        if name in program.inputs:
            np.testing.assert_allclose(other.gradients[name], expected, 1e-9, 1e-12)
    verdict = judge("s.py", text, run(text, "s.py", {}, helpers(text)), {})
    assert not verdict.wrong


def test_what_only_looks_like_a_backward_pass_is_kept() -> None:
    program, backward = read("x, y = 2.0, 3.0\nw = x * y\ndw = w * 0.1\nf = dw + x\n")
    assert [step.name for step in program.steps] == ["w", "dw", "f"]
    assert not backward


@pytest.mark.parametrize("name", ["grad_{}", "dloss_d{}", "{}_grad", "d{}"])
def test_the_backward_pass_is_left_out_however_it_is_called(name: str) -> None:
    w, b = name.format("w2"), name.format("b3")
    text = f"w2 = 2.0\nb3 = 1.0\nloss = w2 * w2 + b3\n{w} = 2 * w2\n{b} = 1.0\n"
    assert text_of(text).splitlines()[0] == "inputs: {w2: 2, b3: 1}"
    assert read(text)[1] == 4


def test_a_leaf_without_a_gradient_in_the_backward_pass_is_a_constant() -> None:
    assert "constants: {k: 2}" in text_of("x = 3.0\nk = 2.0\nf = x * k\ndx = k\n")
    assert "inputs: {x: 3, k: 2}" in text_of("x = 3.0\nk = 2.0\nf = x * k\n")


def test_loops_lists_and_functions_are_read() -> None:
    program, _ = read(
        "import numpy as np\nx = np.array([0.5, -1.0])\nw = np.array([1.5, 2.0])\n"
        "def act(a):\n    return 1 / (1 + np.exp(-a))\n"
        "states = [x]\nfor t in range(2):\n    states.append(act(states[-1] * w))\n"
        "loss = states[-1][1:].sum()\n"
    )
    assert [step.op for step in program.steps] == [
        *("mul", "sigmoid", "mul", "sigmoid", "index", "sum")
    ]


def test_the_code_of_an_activation_is_one_gate() -> None:
    program, _ = read("import math\nx = 0.5\nf = 1.0 / (1 + math.exp(-x))\n")
    assert [step.op for step in program.steps] == ["sigmoid"]


def test_a_write_to_a_part_of_an_array_has_its_gradient() -> None:
    program, _ = read(
        "import numpy as np\nx = np.array([2.0, 3.0])\no = np.zeros((2, 2))\no[1] = x * x\n"
        "f = (o * o).sum()\n"
    )
    gradients = reference.evaluate(program).gradients
    np.testing.assert_allclose(gradients["x"], 4 * np.array([2.0, 3.0]) ** 3)


def test_what_a_case_cannot_say_is_told_with_its_line() -> None:
    text = "import numpy as np\nx = np.ones(3)\ny = x * 2\nf = np.median(y)\n"
    with pytest.raises(CaseError, match=r"s\.py:4:5: np\.median is not known"):
        read(text)
    with pytest.raises(CaseError, match=r"s\.py:4:9: np\.median is not known"):
        read(text.replace("np.median(y)", "x * np.median(y)").replace("x * np", "1 + np"))


def test_labels_are_a_constant_with_their_name() -> None:
    text = "import numpy as np\nz = np.array([[1.0, 2.0], [0.5, -1.0]])\ny = np.array([1, 0])\n"
    written = text_of(f"{text}loss = -np.sum(z[np.arange(2), y])\n")
    assert "constants: {y: [1, 0]}" in written
    assert "z[[0, 1], y]" in written


def test_code_of_jax_is_read() -> None:
    text = "import jax\nimport jax.numpy as jnp\nx = jnp.array([1.0, -2])\n"
    text += "f = jnp.sum(jax.nn.softmax(x, axis=0) ** 2)\n"
    assert "sum(softmax(x, axis=0) ** 2)" in text_of(text)
