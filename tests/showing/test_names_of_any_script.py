"""Names in any script, as Python has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engines import reference
from harness.engines.loading import load
from harness.judging import snapshot
from harness.judging.examination import examine
from harness.language.case import CaseError, decode
from harness.language.writing import case_text
from harness.showing import fonts, picture
from harness.showing.staging import stage

TEXT = """about: a
inputs: {和: 1.5, θ_2: [2, -3]}
steps:
  σ: sigmoid(和 * θ_2)
  Größe: sum(σ * 和)
expect: {d和: 3.1}
"""


def test_a_case_with_them_is_judged_listed_drawn_and_written() -> None:
    case = decode(TEXT.replace("expect: {d和: 3.1}\n", ""), Path("x.yaml"))
    truth = reference.evaluate(case.program)
    assert examine(load("peer:minigrad"), case, truth).passed
    scope: dict[str, object] = {}
    listing = stage(case.program)
    exec("\n".join([*listing.imports, *(line.code for line in listing.lines)]), scope)
    assert scope["d和"] == pytest.approx(truth.gradients["和"].item())
    assert "和" in picture.svg(case, truth)
    assert decode(case_text("a", case.program), Path("x.yaml")).program.steps == case.program.steps
    text = snapshot.body(truth.gradients)
    assert '\n"θ_2":' in text
    assert snapshot.parse(text).keys() == truth.gradients.keys()


def test_a_name_is_the_same_in_every_form_that_python_takes_for_the_same() -> None:
    program = decode(
        "about: a\ninputs: {ｘ: 2, ﬁt: 3}\nexpr: x * fit + ﬁt\n", Path("x.yaml")
    ).program
    assert [step.operands for step in program.steps] == [("x", "fit"), ("x * fit", "fit")]
    with pytest.raises(CaseError) as caught:
        decode("about: a\ninputs: {x: 1, ｘ: 2}\nexpr: -x\n", Path("x.yaml"))
    assert str(caught.value.problems[0]).startswith("2:16: duplicate key 'x'")


@pytest.mark.parametrize(
    ("expr", "problem"),
    [
        ("和 * 和 + 口", "3:15: unknown name '口' (known here: 和, é)"),
        ("sum(和, axis=1) + é", "3:7: 'sum(和, axis=1)': axis=1 names an axis"),
        ("é + exp(和, 和)", "3:11: exp takes 1 operand, not 2"),
        ("和 × é", "3:9: '×' has no place in an expression"),
        ("和 * é é", "3:13: not an expression"),
    ],
)
def test_places_are_told_in_signs_and_not_in_bytes(expr: str, problem: str) -> None:
    with pytest.raises(CaseError) as caught:
        decode(f"about: a\ninputs: {{和: 1, é: 2}}\nexpr: {expr}\n", Path("x.yaml"))
    assert str(caught.value.problems[0]).startswith(problem)


def test_a_sign_that_the_pictures_own_fonts_lack_is_the_systems() -> None:
    assert fonts.have("σ * Größe")
    assert not fonts.have("和")
