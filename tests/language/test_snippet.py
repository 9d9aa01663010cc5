"""Staged code read back: what `harness listing` writes, and what people write by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeps import long

from harness.engines import reference
from harness.language.case import Case, CaseError, decode, load
from harness.language.snippet import read
from harness.language.writing import case_text
from harness.showing.staging import stage

ROOT = Path(__file__).resolve().parents[2] / "cases"


def text_of(snippet: str, **given: object) -> str:
    """A snippet as the text of a case, without its first line."""
    program = read(snippet, "s.py", **given).program  # type: ignore[arg-type]
    return case_text("a", program).partition("\n")[2]


def problems(snippet: str) -> list[str]:
    with pytest.raises(CaseError) as told:
        read(snippet, "s.py")
    return str(told.value).splitlines()


def listed_cases() -> list[Case]:
    found = [load(path, root=ROOT) for path in sorted(ROOT.rglob("*.yaml"))]
    return [c for c in found if len(c.program.steps) < 100 and c.program.dtype == "float64"]


@long
def test_a_listing_comes_back_as_the_program_that_it_was_made_from() -> None:
    same = 0
    cases = listed_cases()
    for case in cases:
        listing = stage(case.program).text()
        again = decode(case_text("a", read(listing, "s.py").program), Path("a.yaml")).program
        one, other = reference.evaluate(case.program), reference.evaluate(again)
        for name in case.program.inputs:
            expected = one.gradients[name]
            # An input without a path to the output gets no gradient in a listing's backward pass.
            got = other.gradients.get(name, np.zeros_like(expected))
            assert np.allclose(got, expected, 1e-9, 1e-12, equal_nan=True), case.path
        same += [s.op for s in again.steps] == [s.op for s in case.program.steps]
    assert same > 0.95 * len(cases)


@pytest.mark.parametrize(
    ("snippet", "steps"),
    [
        ("x = 2.0\ny = x * x\n# backward compatible\nz = y + x\n", ["y", "z"]),
        ("x, y = 2.0, 3.0\nw = x * y\ndw = w * 0.1\nf = dw + x\n", ["w", "dw", "f"]),
    ],
)
def test_what_only_looks_like_a_backward_pass_is_kept(snippet: str, steps: list[str]) -> None:
    assert [step.name for step in read(snippet, "s.py").program.steps] == steps


def test_a_seed_of_another_shape_is_told() -> None:
    told = problems("x = [1.0, 2]\nf = x * x\n# backprop\ndf = [1.0, 2, 3]\ndx = 2 * x * df\n")
    assert told == ["s.py:4:6: df has shape (3,), but f has (2,)"]


def test_a_name_is_given_or_computed() -> None:
    with pytest.raises(CaseError, match="2:5: 'f' is computed here, and cannot be given as well"):
        read("x = 2.0\nf = x * x\n", "s.py", inputs={"f": 3.0})


def test_leaves_come_in_many_forms() -> None:
    text = text_of(
        "import torch\na = 3\nb: float = 1 / 4\nc = Value(2.5)\n"
        "d = torch.tensor([1, 2.0], requires_grad=True)\ne = np.ones((2,))\nf = (a + b * c) * d + e"
    )
    assert text.splitlines()[0] == "inputs: {a: 3, b: 0.25, c: 2.5, d: [1, 2], e: [1, 1]}"


def test_labels_masks_and_indices_are_constants() -> None:
    text = text_of(
        "x = np.array([[1.0, 2], [3, 4]])\nrows, mask = [1, 0], [True, False]\nlabels = [0, 1]\n"
        "k = 2\nloss = F.cross_entropy(x[rows], labels) + np.where(mask, x, k).sum()\n"
    )
    assert "constants: {rows: [1, 0], mask: [true, false], labels: [0, 1]}" in text
    assert "k: 2" in text.splitlines()[0]


def test_a_leaf_without_a_gradient_in_the_backward_pass_is_a_constant() -> None:
    snippet = "x = 3.0\nk = 2.0\nf = x * k\n# backprop\ndx = k\n"
    assert text_of(snippet) == "inputs: {x: 3}\nconstants: {k: 2.0}\nexpr: x * k\n"
    assert text_of(snippet.replace("# backprop\n", "")) == text_of(snippet)


def test_the_backward_pass_is_left_out_from_the_right_line_on() -> None:
    snippet = "x = 3\ndx = 0.5\ny = x * dx\nz = y * y\ndz = 1\ndy = 2 * y * dz\nddx = x * dy\n"
    found = read(snippet, "s.py")
    assert found.backward == 5
    assert [step.name for step in found.program.steps] == ["y", "z"]
    assert list(found.program.inputs) == ["dx"]


def test_an_unfinished_backward_pass_makes_no_constants() -> None:
    assert text_of("x = 3\ny = x * x\nf = y * x\ndy = x\n").startswith("inputs: {x: 3}\n")


def test_the_seed_of_the_backward_pass_is_the_cases() -> None:
    assert "seed: 2.5" in text_of("x = 3\nf = x * x\n# backward pass\ndf = 2.5\ndx = 2 * x * df\n")


def test_leaves_can_be_given_from_outside() -> None:
    snippet = "x = 3\nf = x * y\n"
    assert text_of(snippet, inputs={"y": 5.0}) == "inputs: {y: 5, x: 3}\nexpr: x * y\n"
    assert text_of(snippet, inputs={"x": 4.0, "y": 5.0}) == "inputs: {x: 4, y: 5}\nexpr: x * y\n"


@pytest.mark.parametrize(
    ("snippet", "told"),
    [
        ("x = 3\nf = x * sigmod(x)", ["s.py:2:9: unknown operation 'sigmod'; did you mean 'sigm"]),
        ("x = 3\nfor i in x:\n  pass\nf = x * x", ["s.py:2:1: a case has no for: write every"]),
        ("x = 3\nf = x * x\nf = f * x", ["s.py:3:1: 'f' is written twice: give the second"]),
        ("x = 3\nf = x * x\nf += x", ["s.py:3:1: a case has no +=: write the sum to a new"]),
        ("x = 3\nf[0] = x * x", ["s.py:2:1: only a name can be assigned to here"]),
        ("x = 3\n_f = x * x", ["s.py:2:1: '_f' is no name here"]),
        ("x = 3\nf = x * y", ["s.py:2:9: unknown name 'y' (known here: x)"]),
        ("x = 3\nf = x * (y", ["s.py:2:9: this is not Python: '(' was never closed"]),
        ("x = 3\nf = [i for i in x]", ["s.py:2:5: a comprehension is not part of the language"]),
        ("x = 3", ["s.py:1:1: there is no step: a line such as f = x * y"]),
        ("", ["s.py:1:1: there is no step"]),
        ("x = 3\nf = x(3)(4)", ["s.py:2:5: only functions can be called, by name"]),
        ("x, y = 3, 4, 5\nf = x * y", ["s.py:1:1: as many names as values", "s.py:2:5: unknown"]),
        (
            "_ = 3; f = 2 * foo(3)",
            ["s.py:1:1: '_' is no name here", "s.py:1:16: unknown operation"],
        ),
        ("x = 3\nglobal x\nf = x * x", ["s.py:2:1: a case has no global: write every step as"]),
        ("x = 3\nf = np.transpose(axes=(1, 0)) + x", ["s.py:2:5: transpose takes 1 operand, not"]),
        (f"x = 3\nf = {'-' * 400}x", ["s.py:2:5: nested deeper than 100 levels; name the inner"]),
        (f"x = 3\nf = {'x + ' * 400}x", ["s.py:2:5: nested deeper than 100 levels; name the"]),
        ("x = 3\nf = (\n  x +\n  foo(x))", ["s.py:4:3: unknown operation 'foo'"]),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(snippet: str, told: list[str]) -> None:
    found = problems(snippet)
    assert [line[: len(text)] for line, text in zip(found, told, strict=False)] == told


WORDS = (
    "x f dx = += ( ) [ ] , . : np. sum 0 1.5 lambda if else for in ** @ - transpose pad reshape "
    "einsum axis= 'ij' # max where max_pool2d é * cat"
)
PIECES = st.sampled_from([*WORDS.split(), "\n", " ", "\t", "# backprop\n"])


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_gives_a_program_or_positioned_problems(words: str) -> None:
    text = f"x = 3\ny = [[1, 2], [3, 4]]\nf = x * y\n{words}"
    try:
        read(text, "s.py")
    except CaseError as error:
        for problem in error.problems:
            assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 2 + 20
            assert problem.column >= 1
