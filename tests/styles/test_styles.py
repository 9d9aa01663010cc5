"""Engines of many styles are right, and mistakes made in them by program have the right labels."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sweeps import long, sweep

from harness.judging.codes import CODES
from harness.vocabulary.signatures import OPERATIONS
from styles.equal import agrees, proofs
from styles.keeper import HELDOUT, STYLES, changed_lines, ground, judged, look, of_style
from styles.labels import FORWARD, NAMES
from styles.marks import ENGINE, VALUE, Source
from styles.mutations import Mutant, mutants

EVERY = {**STYLES, **HELDOUT}
COMPILED = 10
"""Of so many mutants one is compiled."""

LEAST = {"mutants": 150, "operations": 12, "styles": 12}


def first(style: str) -> Mutant:
    """The mutant of a style that is tried for certain: the sign of tanh's derivative is lost."""
    every = of_style(STYLES[style]).values()
    return next(one for one in every if one.kind == "negated" and one.name.startswith("tanh x"))


def made(text: str) -> dict[str, Mutant]:
    """The mutants of an engine by their names."""
    return {mutant.name: mutant for mutant in mutants(text)}


# -- marks ---------------------------------------------------------------------------------------


def test_a_mark_belongs_to_the_statement_that_it_stands_behind() -> None:
    (mark,) = Source("x = 1\ny = (\n    x\n    + 1\n)  #: add value\n").marks
    assert ast.unparse(mark.statement) == "y = x + 1"
    assert (mark.op, mark.roles, mark.inside) == ("add", (VALUE,), ())


def test_a_mark_on_its_own_line_belongs_to_the_statement_below() -> None:
    (mark,) = Source("x = 1\n#: exp x\ny = 2\n").marks
    assert ast.unparse(mark.statement) == "y = 2"


def test_a_mark_of_both_passes_is_two_marks() -> None:
    value, rule = Source("out = node(-a, (x, lambda g: -g))  #: neg value x\n").marks
    assert (value.direction, rule.direction) == ("forward", "backward")


def test_a_mark_in_a_table_belongs_to_what_ends_on_its_line() -> None:
    text = "sin = (\n    lambda g: g,  #: sin value\n    lambda g: 2 * g,  #: sin x\n)\n"
    value, rule = Source(text).marks
    assert [ast.unparse(one) for one in (*value.inside, *rule.inside)] == [
        "lambda g: g",
        "lambda g: 2 * g",
    ]


@pytest.mark.parametrize("mark", ["#: tanh z", "#: tan_h x", "#: engine tape", "#: add"])
def test_a_mark_that_is_not_in_the_vocabulary_is_refused(mark: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        _ = Source(f"x = 1  {mark}\n").marks


def test_the_gradient_from_above_is_not_the_one_that_is_added_to() -> None:
    source = Source("x.grad += out.grad * y.data  #: mul x\n")
    (mark,) = source.marks
    upstream = [one for one in ast.walk(source.tree) if source.is_upstream(one, mark.statement)]
    assert [ast.unparse(one) for one in upstream] == ["out.grad"]


def test_where_no_gradient_is_called_so_it_is_what_most_rules_read() -> None:
    text = "\n".join(f"x.t += out.w * {name}.d  #: {name} x" for name in ("exp", "log", "sin"))
    source = Source(text)
    assert all(
        source.is_upstream(mark.statement.value.left, mark.statement)  # type: ignore[attr-defined]
        for mark in source.marks
    )


# -- mistakes ------------------------------------------------------------------------------------


def test_an_accumulating_rule_is_overwritten_lost_and_scaled() -> None:
    found = made("self.grad += out.data * out.grad  #: exp x\n")
    kinds = {mutant.kind: mutant for mutant in found.values()}
    assert kinds["overwritten"].text == "self.grad = out.data * out.grad  #: exp x\n"
    assert kinds["lost"].text == "pass  #: exp x\n"
    assert kinds["upstream forgotten"].text == "self.grad += out.data * 1.0  #: exp x\n"
    assert kinds["doubled"].label.codes >= {"wrong-scale"}
    assert {mutant.label.op for mutant in found.values()} == {"exp"}
    assert {mutant.label.operands for mutant in found.values()} == {("x",)}


def test_a_value_is_labelled_as_the_forward_pass() -> None:
    found = made("out = Value(self.data - other.data, (self, other))  #: sub value\n")
    swapped = next(one for one in found.values() if one.kind == "order of operands")
    assert "((other.data) - (self.data))" in swapped.text
    assert swapped.label.direction == "forward"
    assert swapped.label.codes == {"wrong-value", "swapped-operands"}


def test_both_operands_get_what_the_other_one_should() -> None:
    text = "def back(g):\n    dx = g * y  #: mul x\n    dy = g * x  #: mul y\n"
    swapped = next(one for one in mutants(text) if one.kind == "each the other's")
    assert swapped.text == "def back(g):\n    dx = g * x  #: mul x\n    dy = g * y  #: mul y\n"


def test_a_boundary_is_a_convention_and_moves_in_the_backward_pass_alone() -> None:
    text = (
        "def f(x, g):\n    v = x if x > 0 else 0.0  #: relu value\n    d = g * (x > 0)  #: relu x\n"
    )
    moved = [one for one in mutants(text) if one.kind == "boundary"]
    assert [one.label.direction for one in moved] == ["backward"]
    assert moved[0].label.codes >= {"kink-convention"}


def test_nodes_are_taken_in_the_wrong_order_and_again() -> None:
    mark = "  #: engine order\n"
    text = f"for node in reversed(order):{mark}    if node not in seen:{mark}        go(node)\n"
    assert [one.kind for one in mutants(text)] == ["not reversed", "visited again"]


def test_lines_that_a_change_touches_are_found() -> None:
    assert changed_lines("a\nb\nc\n", "a\nx\nc\n") == {2}
    assert changed_lines("a\nb\nc\nd\n", "a\nx\nc\ny\n") == {2, 3, 4}


# -- the styles ----------------------------------------------------------------------------------


def test_there_are_styles_enough_each_with_operations_enough() -> None:
    assert len(STYLES) >= LEAST["styles"]
    for path in EVERY.values():
        marks = Source(path.read_text(encoding="utf-8")).marks
        assert len({mark.op for mark in marks} - {ENGINE}) >= LEAST["operations"], path.name
        assert any(mark.op == ENGINE for mark in marks), path.name


@pytest.mark.parametrize("style", EVERY)
def test_the_mutants_of_a_style_differ_compile_and_are_labelled(style: str) -> None:
    path = EVERY[style]
    found = of_style(path)
    assert len(found) >= LEAST["mutants"]
    texts = {mutant.text for mutant in found.values()}
    assert len(texts) == len(found) and path.read_text(encoding="utf-8") not in texts
    for mutant in list(found.values())[::COMPILED]:
        ast.parse(mutant.text)
    for mutant in found.values():
        label = mutant.label
        assert label.codes and label.codes <= set(CODES)
        assert label.op == ENGINE or set(label.operands) <= set(OPERATIONS[label.op].operands)
        assert label.direction in ("forward", "backward")


def test_every_kind_of_mistake_is_made_somewhere() -> None:
    kinds = {mutant.kind for path in EVERY.values() for mutant in of_style(path).values()}
    assert kinds == set(NAMES) and set(FORWARD) <= kinds


def test_what_is_proved_to_compute_the_same_is_a_mutant_and_there_are_few() -> None:
    for style, reasons in proofs().items():
        assert set(reasons) <= set(of_style(EVERY[style]))
        assert len(reasons) <= 0.05 * len(of_style(EVERY[style]))


@sweep("style", EVERY, always=0, sample=len(EVERY))
def test_nothing_is_said_against_an_engine_of_a_style(style: str) -> None:
    right = ground(EVERY[style])
    told = judged(right.path, right, set())
    assert told.findings == ()
    assert told.statuses.get("passed", 0) >= 50


@sweep("style", STYLES, always=0, sample=len(STYLES))
def test_a_mistake_in_any_style_is_caught_placed_and_named(style: str, tmp_path: Path) -> None:
    mutant = first(style)
    told = look(STYLES[style], mutant, tmp_path)
    assert told.caught
    assert told.placed(mutant.label) and told.named(mutant.label)


ASSIGNED = ("array_closures", "scalar_closures", "static_graph", "parents_in_a_set", "one_big_if")
"""Engines with many a ``+=``."""


@sweep("style", ASSIGNED, always=0, sample=2)
def test_whatever_assigns_for_adding_is_blamed_on_its_operation(style: str, tmp_path: Path) -> None:
    every = [one for one in of_style(STYLES[style]).values() if one.kind == "overwritten"]
    assert every
    blamed_otherwise = []
    for mutant in every:
        told = look(STYLES[style], mutant, tmp_path)
        if told.caught and not told.named(mutant.label):
            blamed_otherwise.append((mutant.name, told.findings))
    assert blamed_otherwise == []


@long
def test_a_right_engine_agrees_with_itself_and_not_with_a_mutant(tmp_path: Path) -> None:
    path = STYLES["scalar_closures"]
    mutant = first("scalar_closures")
    same = Mutant("nothing", f"{ground(path).text}\n", "", mutant.label)
    assert agrees(path, same, tmp_path, count=100)
    assert not agrees(path, mutant, tmp_path, count=100)
