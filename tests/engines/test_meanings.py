"""A name that means one thing here and another there is taken for what it computes."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import ARRAYS, accused, changed, judged, loaded

from harness.judging.result import as_json

LINE = "    def backward("
TANH = """
    def gelu(self):
        x = self.data
        t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))
        inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x ** 2)
        slope = (1 + t) / 2 + x * (1 - t * t) / 2 * inner
        return Tensor(x * (1 + t) / 2, [(self, lambda g: g * slope)])

"""
SIGMOID = """
    def gelu(self):
        s = 1 / (1 + np.exp(-1.702 * self.data))
        slope = s + 1.702 * self.data * s * (1 - s)
        return Tensor(self.data * s, [(self, lambda g: g * slope)])

"""
OFF = SIGMOID.replace("1.702", "1.5")
ASKED = "inputs: {x: [0.5, -1.5]}\nexpr: gelu(x, approximate='tanh')"
EXACT = "inputs: {x: [0.5, -1.5]}\nexpr: gelu(x)"

INVERSE = """
    def inv(self):
        found = FOUND
        return Tensor(found, [(self, lambda g: SLOPE)])

"""
OF_NUMBERS = {"FOUND": "1 / self.data", "SLOPE": "-found * found * g"}
OF_MATRICES = {"FOUND": "np.linalg.inv(self.data)", "SLOPE": "-found.T @ g @ found.T"}
SQUARE = "inputs: {x: [[2, 0.5], [1, 4]]}\nexpr: reciprocal(x)"


def with_method(text: str, **parts: str) -> str:
    for name, part in parts.items():
        text = text.replace(name, part)
    return changed(ARRAYS, (LINE, f"{text.lstrip(chr(10))}{LINE}"))


@pytest.mark.parametrize(
    ("text", "case", "status"),
    [
        (TANH, ASKED, "passed"),
        (TANH, EXACT, "unsupported"),
        (TANH.replace("* inner", ""), ASKED, "failed"),
        (SIGMOID, EXACT, "unsupported"),
        (SIGMOID, ASKED, "unsupported"),
        (OFF, EXACT, "failed"),
    ],
)
def test_an_approximated_gelu_is_judged_as_the_one_that_it_is(
    text: str, case: str, status: str, tmp_path: Path
) -> None:
    verdict = judged(loaded(tmp_path, with_method(text)), case)
    assert verdict.status == status
    assert accused(verdict) == ({"gelu"} if status == "failed" else set())


@pytest.mark.parametrize(("text", "told"), [(TANH, "approximate='tanh'"), (SIGMOID, "1.702")])
def test_a_remark_tells_by_what_it_is_approximated(text: str, told: str, tmp_path: Path) -> None:
    verdict = judged(loaded(tmp_path, with_method(text)), EXACT)
    remarks = as_json("strange", [("case", verdict)])["remarks"]
    assert [told in one["message"] for one in remarks] == [True]


def test_a_gelu_that_is_told_which_one_is_asked_for_both(tmp_path: Path) -> None:
    text = with_method(TANH.replace("gelu(self)", "gelu(self, approximate='tanh')"))
    engine = loaded(tmp_path, text)
    assert judged(engine, ASKED).status == "passed"
    assert judged(engine, EXACT).status == "failed"


def test_the_inverse_of_a_matrix_is_no_reciprocal(tmp_path: Path) -> None:
    numbers = loaded(tmp_path, with_method(INVERSE, **OF_NUMBERS), "numbers")
    assert judged(numbers, SQUARE).status == "passed"
    matrices = loaded(tmp_path, with_method(INVERSE, **OF_MATRICES), "matrices")
    assert not matrices.has("reciprocal")
    assert judged(matrices, SQUARE).status == "unsupported"
