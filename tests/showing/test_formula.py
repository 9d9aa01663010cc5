"""The chain rule as a formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.language.case import decode
from harness.showing.report.formula import _Writer, derivatives, mathml
from harness.showing.staging import stage


def latex(expr: str, inputs: str = "x: 3, y: -4") -> list[str]:
    """What each backward line of a case is in LaTeX."""
    case = decode(f"about: one\ninputs: {{{inputs}}}\nexpr: {expr}\n", Path("one.yaml"))
    listing = stage(case.program)
    writer = _Writer(listing, case.program.output)
    return [writer.term(line) for line in listing.lines if line.step is not None]


@pytest.mark.parametrize(
    ("expr", "terms"),
    [
        ("x * y", ["y", "x"]),
        ("x / y", [r"\frac{1}{y}", r"\frac{-x}{y^{2}}"]),
        ("exp(x)", ["f"]),
        ("sin(x)", [r"\cos(x)"]),
        ("relu(x)", ["[x > 0]"]),
        ("sqrt(x)", [r"\frac{0.5}{f}"]),
        ("log(x) * y", ["y", r"t_{1}", r"\frac{1}{x} \cdot \frac{\partial f}{\partial t_{1}}"]),
    ],
)
def test_a_term_is_written_as_in_a_book(expr: str, terms: list[str]) -> None:
    used = ", ".join(f"{name}: {number}" for name, number in (("x", 3), ("y", -4)) if name in expr)
    assert latex(expr, used) == terms


def test_what_a_formula_does_not_show_is_left_out() -> None:
    (term,) = latex("sum(x)", "x: [1, 2]")
    assert "broadcast" not in term and term == r"\frac{\partial f}{\partial f}"


def test_an_input_has_its_sum_of_terms_as_mathml() -> None:
    text = "about: one\ninputs: {x: 3}\nexpr: x * x + x\n"
    case = decode(text, Path("one.yaml"))
    listing = stage(case.program)
    (formula,) = derivatives(listing, case.program.output, listing.lines)
    assert formula.startswith("<math") and formula.count("</math> + <math") == 2
    assert "xmlns" not in formula and "&#x" not in formula


def test_what_html_would_take_for_its_own_stays_escaped() -> None:
    assert "&#60;" in mathml("x < y") or "&lt;" in mathml("x < y")
