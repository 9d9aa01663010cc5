"""What an expression becomes: steps and their names, static shapes, or complaints with a place."""

import ast
import math
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from harness.engines import reference
from harness.engines.trace import Undefined
from harness.language.expression import Flattener
from harness.language.steps import TooManySteps
from harness.language.syntax import MAX_LENGTH, Unusable, parse
from harness.vocabulary.program import Array, Operand, Program, Step, default_seed
from harness.vocabulary.shapes import MAX_ELEMENTS, RULES, ShapeError, infer
from harness.vocabulary.signatures import (
    GATES,
    OPERATIONS,
    REQUIRED,
    SYMBOLS,
    Operation,
)
from harness.vocabulary.spelling import OPERATORS

Shapes = Mapping[str, tuple[int, ...]]
Arrays = Mapping[str, Array]

SCALARS: Shapes = {"x": (), "y": (), "z": ()}
CONSTANTS: Arrays = {
    "rows": np.array([0, 2]),
    "grid": np.array([[0, 1], [1, 0]]),
    "first": np.array(1),
    "mask": np.array([True, False, True]),
    "flag": np.array(True),
    "weights": np.array([0.5, 0.25, 0.25]),
    "labels": np.array([1, 0, 2]),
}
ARRAYS: Shapes = {"x": (3, 4), "y": (3, 4), "v": (3,), "t": (2, 3, 4)} | {
    name: array.shape for name, array in CONSTANTS.items()
}


def offset(part: ast.AST) -> int:
    return getattr(part, "col_offset", 0)


def flatten(
    text: str, shapes: Shapes = SCALARS, constants: Arrays = CONSTANTS, name: str = "f"
) -> tuple[Flattener, list[str]]:
    """The flattener after one stage, and the complaints as ``column: message``."""
    told: list[str] = []

    def complain(offset: int, message: str) -> None:
        told.append(f"{offset + 1}: {message}")

    flattener = Flattener(shapes, {key: constants[key] for key in shapes if key in constants})
    tree = None
    with suppress(Unusable):
        tree = parse(text, complain)
    if tree is not None:
        done = flattener.stage(name, tree, lambda part, message: complain(offset(part), message))
        assert (done is None) == bool(told)
    return flattener, told


def steps(text: str, shapes: Shapes = SCALARS) -> list[Step]:
    flattener, told = flatten(text, shapes)
    assert told == []
    return flattener.steps


def names(text: str, shapes: Shapes = SCALARS) -> list[str]:
    return [step.name for step in steps(text, shapes)]


def complaints(text: str, shapes: Shapes = SCALARS) -> list[str]:
    told = flatten(text, shapes)[1]
    assert told, f"{text} should be refused"
    return told


# -- steps and their names -------------------------------------------------------------------------


def test_operands_come_before_the_step_that_uses_them_and_the_stage_comes_last() -> None:
    assert steps("(x + y) * sigmoid(z)") == [
        Step("x + y", "add", ("x", "y")),
        Step("sigmoid(z)", "sigmoid", ("z",)),
        Step("f", "mul", ("x + y", "sigmoid(z)")),
    ]


def test_the_same_text_twice_is_two_steps_with_two_names() -> None:
    assert names("(x + y) * (x + y) - (y + x)") == [
        "x + y",
        "x + y #2",
        "(x + y) * (x + y)",
        "y + x",
        "f",
    ]


def test_spacing_and_needless_parentheses_do_not_show_in_names() -> None:
    assert names("((x)*(((y)))  +z) / 2") == ["x * y", "x * y + z", "f"]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("exp(x - (y - z))", "x - (y - z)"),
        ("exp((x - y) - z)", "x - y - z"),
        ("exp(x / (y * z))", "x / (y * z)"),
        ("exp(x / y * z)", "x / y * z"),
        ("exp((x + y) * z)", "(x + y) * z"),
        ("exp(x + y * z)", "x + y * z"),
        ("exp(x ** y ** z)", "x ** y ** z"),
        ("exp((x ** y) ** z)", "(x ** y) ** z"),
        ("exp(-x ** y)", "-x ** y"),
        ("exp((-x) ** y)", "(-x) ** y"),
        ("exp(x ** -y)", "x ** -y"),
        ("exp(-(x * y))", "-(x * y)"),
        ("exp(-x * y)", "-x * y"),
        ("exp(--x)", "--x"),
        ("exp(x - -y)", "x - -y"),
        ("exp((-2) ** x)", "(-2) ** x"),
        ("exp(-2 ** x)", "-2 ** x"),
        ("exp((-0.0) ** x)", "(-0.0) ** x"),
        ("exp(x ** -1)", "x ** -1"),
        ("exp(x + (y > 0) * 1)", None),
        ("exp(where(x + 1 > y, x, -y))", "where(x + 1 > y, x, -y)"),
        ("exp(sum(x, keepdims = True, axis = None))", "sum(x, keepdims=True, axis=None)"),
    ],
)
def test_a_name_has_the_parentheses_that_precedence_asks_for(text: str, inner: str) -> None:
    if inner is None:
        complaints(text)
    else:
        assert names(text)[-2] == inner


def test_transposing_and_indexing_bind_tightest() -> None:
    square = {"x": (3, 3), "y": (3, 3)}
    assert names("exp((x + y).T @ x.T[0:2].T)", square) == [
        "x + y",
        "(x + y).T",
        "x.T",
        "x.T[0:2]",
        "x.T[0:2].T",
        "(x + y).T @ x.T[0:2].T",
        "f",
    ]
    assert names("exp((-v)[1:])", ARRAYS)[:-1] == ["-v", "(-v)[1:]"]


@pytest.mark.parametrize(
    ("text", "items", "shape"),
    [
        ("x[0]", (0,), (4,)),
        ("x[-1]", (-1,), (4,)),
        ("x[1:]", (slice(1, None),), (2, 4)),
        ("x[:, ::2]", (slice(None), slice(None, None, 2)), (3, 2)),
        ("x[::-1, 3:0:-2]", (slice(None, None, -1), slice(3, 0, -2)), (3, 2)),
        ("x[..., 0]", (Ellipsis, 0), (3,)),
        ("x[:, None]", (slice(None), None), (3, 1, 4)),
        ("x[[0, 0, 2]]", ([0, 0, 2],), (3, 4)),
        ("x[[0, 1], [2, -1]]", ([0, 1], [2, -1]), (2,)),
        ("x[[[0], [1]], [0, 1]]", ([[0], [1]], [0, 1]), (2, 2)),
        ("x[[True, False, True]]", ([True, False, True],), (2, 4)),
        ("x[rows]", ("rows",), (2, 4)),
        ("x[grid]", ("grid",), (2, 2, 4)),
        ("x[first]", ("first",), (4,)),
        ("x[mask]", ("mask",), (2, 4)),
        ("x[mask, 1:]", ("mask", slice(1, None)), (2, 3)),
        ("x[1:1]", (slice(1, 1),), (0, 4)),
        ("t[:, rows]", (slice(None), "rows"), (2, 2, 4)),
        ("t[[0, 1], :, [0, 1]]", ([0, 1], slice(None), [0, 1]), (2, 3)),
        ("t[0, [0, 1]]", (0, [0, 1]), (2, 4)),
        ("t[:, [0, 1], [0, 1]]", (slice(None), [0, 1], [0, 1]), (2, 2)),
        ("t[:, [0, 1], None, [0, 1]]", (slice(None), [0, 1], None, [0, 1]), (2, 2, 1)),
    ],
)
def test_every_kind_of_index_is_a_step_with_its_shape(text: str, items: Any, shape: Any) -> None:
    flattener, told = flatten(f"exp({text})", ARRAYS)
    assert told == []
    step = flattener.steps[0]
    assert (step.name, step.op, step.parameters["index"]) == (text, "index", items)
    assert flattener.shapes[text] == shape


def test_a_constant_in_an_index_is_an_operand() -> None:
    assert steps("x[rows]", ARRAYS)[0].operands == ("x", "rows")


def test_dot_t_is_a_transpose() -> None:
    assert steps("x.T", ARRAYS) == [Step("f", "transpose", ("x",), {"axis0": 0, "axis1": 1})]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 * 3", 6),
        ("2 ** 3", 8.0),
        ("1 / 4", 0.25),
        ("-(1 + 1)", -2),
        ("2 ** -1", 0.5),
        ("-inf", -math.inf),
        ("inf * 0", math.nan),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1_000", 1000),
        ("0x10", 16),
        ("5.", 5.0),
    ],
)
def test_numbers_among_themselves_are_folded(text: str, number: float) -> None:
    (step,) = steps(f"x + ({text})")
    assert repr(step.operands[1]) == repr(number)


def test_whole_numbers_beyond_float64_are_rounded_to_it() -> None:
    (step,) = steps("x * 1000000000000000000000000000001")
    assert step.operands == ("x", 1e30)


def test_names_that_yaml_could_misread_are_names() -> None:
    shapes = dict.fromkeys(("on", "no", "y", "n", "yes", "off", "true", "null"), ())
    assert steps("on * no + y ** n", shapes)[-1].name == "f"


def test_numbers_by_name() -> None:
    assert steps("x - inf")[0].operands == ("x", math.inf)
    assert str(steps("x - nan")[0].operands[1]) == "nan"


def test_operands_of_concat_may_stand_in_a_list() -> None:
    assert steps("concat([x, y], axis=1)", ARRAYS) == steps("concat(x, y, axis=1)", ARRAYS)


# -- the text of a name means the step -------------------------------------------------------------

SQUARE = {"x": (2, 2), "y": (2, 2), "k": (2,)}


@st.composite
def expressions(draw: DrawFn, depth: int = 4) -> str:
    """Random text of the language over SQUARE, with needless parentheses now and then."""
    kind = draw(st.integers(0, 9)) if depth else 0
    inner = expressions(depth=depth - 1)
    if kind <= 1:
        text = draw(
            st.sampled_from(["x", "y", "k", "1", "2.5", "0.0", "1e-3", "inf", "nan", "1_0", "1e22"])
        )
    elif kind <= 4:
        sign = draw(st.sampled_from(["+", "-", "*", "/", "**", "@"]))
        text = f"{draw(inner)} {sign} {draw(inner)}"
        return f"({text})" if draw(st.booleans()) else text
    elif kind == 5:
        text = f"-{draw(inner)}"
    elif kind == 6:
        text = f"({draw(inner)})" + draw(
            st.sampled_from([".T", "[0]", "[::-1]", "[..., None]", "[[0, 1, 1]]", "[-1:, 0]"])
        )
    elif kind == 7:
        text = draw(st.sampled_from(["exp", "sigmoid", "sum", "softmax"])) + f"({draw(inner)})"
    elif kind == 8:
        text = f"where({draw(inner)} < {draw(inner)}, {draw(inner)}, {draw(inner)})"
    else:
        text = f"mean({draw(inner)}, axis=-1, keepdims=True)"
    return f"({text})" if draw(st.booleans()) else text


def structure(flattener: Flattener, name: Operand) -> Any:
    """The tree below a step: operation, parameters and operands, down to leaves and numbers."""
    by_name = {step.name: step for step in flattener.steps}

    def below(operand: Operand) -> Any:
        if operand not in by_name:
            return repr(operand)
        step = by_name[operand]
        return (step.op, repr(step.parameters), [below(item) for item in step.operands])

    return below(name)


@settings(max_examples=150)
@given(expressions())
@example("exp((-0.0) ** x)")
@example("where(k < (x)[[0, 1, 1]], k, k)")
@example("exp(-(x ** y) ** -2 - (y - (x / y / (k * k))))")
def test_the_name_of_an_inner_step_parses_to_that_step(text: str) -> None:
    flattener, told = flatten(text, SQUARE)
    assume(not told)
    for step in flattener.steps[:-1]:
        bare = step.name.partition(" #")[0]
        if step.operation.compares:
            again, told = flatten(f"where({bare}, 1, 2)", SQUARE)
            assert told == []
            name = again.steps[-1].operands[0]
        else:
            again, told = flatten(bare, SQUARE)
            assert told == []
            name = "f"
        assert structure(again, name) == structure(flattener, step.name)


@settings(max_examples=150)
@given(expressions())
def test_the_tree_is_the_one_that_python_sees(text: str) -> None:
    """Folding apart: evaluated by Python on symbols, the same operators are applied."""
    flattener, told = flatten(text, SQUARE)
    assume(not told)
    operators = {"BinOp", "UnaryOp", "Compare", "Call", "Subscript", "Attribute"}

    def numeric(node: ast.AST) -> bool:
        return isinstance(node, ast.Constant | ast.Name) and getattr(node, "id", "inf") in (
            "inf",
            "nan",
        )

    def count(node: ast.AST) -> tuple[bool, int]:
        """Whether the node is a number, and how many operations are below it."""
        if numeric(node):
            return True, 0
        parts = [
            count(child)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr) and child is not getattr(node, "slice", None)
        ]
        if isinstance(node, ast.Call):
            parts = [count(argument) for argument in node.args]
        total = sum(n for _, n in parts)
        is_number = bool(parts) and all(flag for flag, _ in parts)
        if is_number and isinstance(node, ast.BinOp | ast.UnaryOp):
            return True, 0
        return False, total + (type(node).__name__ in operators)

    assert len(flattener.steps) == count(ast.parse(text, mode="eval").body)[1]


# -- whatever the text, steps or complaints --------------------------------------------------------

CHARACTERS = "xyzfvt0123456789.,:()[]{}+-*/@%^&|~<>=!'\"\\#$?;`_ \n\t"
WORDS = st.sampled_from(
    [
        *CHARACTERS,
        *("**", "//", "...", "None", "inf", "x[", "sum(", "axis=", "(0,)", "where(", "lambda "),
        *("for ", "in ", "if ", " else ", "f'", "True", ":=", "==", "rows", "mask", ".T", "1e9"),
        *("9 ** 9", "not ", "reshape(", "-1"),
    ]
)


@settings(max_examples=400)
@given(st.text(st.characters(codec="ascii"), max_size=200))
def test_any_text_gives_steps_or_complaints(text: str) -> None:
    flatten(text, ARRAYS)


@settings(max_examples=600)
@given(st.lists(WORDS, max_size=60).map("".join))
@example("x[{[]}]")
@example("sum(x, axis={[]: 1})")
@example("x" + "[0" * 40)
@example("0[...]" * 3)
@example("{**" * 60)
@example("x[[" + "[" * 60 + "0" + "]" * 60 + "]]")
def test_any_words_of_the_language_give_steps_or_complaints(text: str) -> None:
    flatten(text, ARRAYS)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1999,
        "(" * 90 + "x" + ")" * 90,
        "-" * 1999 + "x",
        "not " * 499,
        "x" + ".T" * 900,
        "lambda:" * 280 + "x",
        "x[" * 99 + "0" + "]" * 99,
        "a[a:" * 400,
        "{0:" * 600,
        "9 ** " * 300 + "9",
        "+".join(["x"] * 900),
        "concat(" + ",".join(f"u{n}" for n in range(480)) + ")",
        "x if " * 300,
        "1" * MAX_LENGTH,
        "x" * 100_000_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    flatten(text, SCALARS)
    assert time.process_time() - start < 2


# -- complaints ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x + sigmod(y)", "5: unknown operation 'sigmod'; did you mean 'sigmoid'?"),
        ("x * xz", "5: unknown name 'xz'; did you mean 'z'? (known here: x, y, z)"),
        ("x * speed", "5: unknown name 'speed' (known here: x, y, z)"),
        ("relu * x", "1: 'relu' is an operation: call it, relu(x)"),
        ("x(y + 1)", "1: 'x' is not an operation; a product is written x * (…)"),
        ("2(y)", "1: only operations can be called, by name; a product is written x * y"),
        ("exp(x)(y)", "1: only operations can be called, by name; a product is written x * y"),
        ("pow(x, 2)", "1: write pow as **"),
        ("matmul(x, y)", "1: write matmul as @"),
        ("neg(x)", "1: write neg as -"),
        ("index(x)", "1: an index is written x[…]"),
        ("exp()", "1: exp takes 1 operand, not 0: exp(x)"),
        ("maximum(x)", "1: maximum takes 2 operands, not 1: maximum(x, y)"),
        ("sum(x, 0)", "1: sum takes 1 operand, not 2: sum(x, axis=None, keepdims=False)"),
        ("concat()", "1: concat takes one or more operands, not 0: concat(x, y, …, axis=0)"),
        ("sum(x, axes=0)", "8: sum has no parameter 'axes'; did you mean 'axis'? "),
        ("exp(x, base=2)", "8: exp has no parameter 'base' (it has none)"),
        ("exp(x=x)", "5: the operand 'x' is written without its name"),
        ("sum(x, axis=y)", "13: axis must be None, an integer or a tuple of integers"),
        ("sum(x, axis=1 + 1)", "13: axis must be None, an integer or a tuple of integers"),
        ("sum(x, axis=1.0)", "13: axis must be None, an integer or a tuple of integers"),
        ("sum(x, keepdims=1)", "17: keepdims must be True or False"),
        ("sum(x, axis=0, axis=0)", "16: parameter 'axis' is given twice"),
        ("reshape(x)", "1: reshape needs shape=…: reshape(x, shape=…)"),
        ("sum(x, **y)", "10: ** is not allowed; write each parameter"),
        ("sum(*x)", "5: a starred expression is not part of the language of cases"),
        ("x + f'{y}'", "5: an f-string is not part of the language of cases"),
        ("x + 'y'", "5: 'y' is not a number"),
        ("x + b'y'", "5: b'y' is not a number"),
        ("x + True", "5: True is not a number"),
        ("x + None", "5: None is not a number"),
        ("x + 2j", "5: 2j is not a number"),
        ("x.shape", "1: attribute .shape is not allowed; only .T is"),
        ("x + y.exp", "5: attribute .exp is not allowed; only .T is; write exp(…)"),
        ("x.__class__", "1: attribute .__class__ is not allowed; only .T is"),
        ("x.sum()", "1: methods are not called here; write sum(x, …)"),
        ("__import__('os')", "1: unknown operation '__import__'"),
        ("x + __name__", "5: unknown name '__name__'"),
        ("lambda: x", "1: a lambda is not part of the language of cases"),
        ("exp(lambda: x)", "5: a lambda is not part of the language of cases"),
        ("sum([x for x in y])", "5: a comprehension is not part of the language of cases"),
        ("sum(x for x in y)", "4: a comprehension is not part of the language of cases"),
        ("{x}", "1: a set is not part of the language of cases"),
        ("{x: y}", "1: a dictionary is not part of the language of cases"),
        ("(x, y)", "1: a tuple is not part of the language of cases"),
        ("[x, y]", "1: a list is not part of the language of cases; make it an input or"),
        ("x * (w := y)", "6: an assignment is not part of the language of cases"),
        ("x if y else z", "1: an if-else is not part of the language of cases; write where(cond"),
        ("x and y", "1: and/or is not part of the language of cases"),
        ("not x", "1: not is not part of the language of cases"),
        ("y * (x % 2)", "6: % is not part of the language of cases"),
        ("x // y", "1: // is not part of the language of cases"),
        ("x ^ 2", "1: ^ is not part of the language of cases; a power is written **"),
        ("x & y", "1: & is not part of the language of cases"),
        ("x << y", "1: << is not part of the language of cases"),
        ("~x", "1: ~ is not part of the language of cases"),
        ("+x", "1: a unary plus is not part of the language of cases"),
        ("where(x in y, x, y)", "7: in is not part of the language of cases"),
        ("where(x is y, x, y)", "7: is is not part of the language of cases"),
        ("await x", "1: await is not part of the language of cases"),
        ("where(0 < x < 1, x, y)", "7: one comparison at a time: x < y, not x < y < z"),
        ("where(1 < 2, x, y)", "7: a comparison needs a name on at least one side"),
        ("x > y", "1: a comparison may only be the condition of where(…)"),
        ("x * (x > y)", "1: 'x > y' is true or false: it may only be the condition of where(…)"),
        ("where(x, x, y)", "1: the condition of where must be a comparison or a constant of true"),
        ("x", "1: a stage needs an operation; 'x' alone computes nothing"),
        ("2 * 3", "1: a stage needs an operation; this is the number 6"),
        ("inf", "1: a stage needs an operation; this is the number inf"),
        ("x + 1 / 0", "5: a division of numbers by zero"),
        ("x + 0 ** -1", "5: a division of numbers by zero"),
        ("x + (-8) ** (1 / 3)", "5: a negative number to a fractional power is not real"),
        ("x + 9 ** 9 ** 9", "5: this number is too large for float64; write inf for infinity"),
        ("x + 1e999", "5: this number is too large for float64; write inf for infinity"),
        ("x + 1" + "0" * 400, "5: this number is too large for float64; write inf for infinity"),
        ("x − y", "3: '−' has no place in an expression: plain ASCII only"),
        ("x * é", "5: 'é' has no place in an expression: plain ASCII only"),
        ("x\r+ y", "2: '\\r' has no place in an expression: plain ASCII only"),
        ("x # twice", "3: a comment has no place inside an expression"),
        ("1[None] + x", "1: the number 1 cannot be indexed"),
        ("x + y +", "8: not an expression: it ends too early"),
        ("  x *  ", "6: not an expression: it ends too early"),
        ("x + (y", "5: not an expression: '(' was never closed"),
        (" \t x + (y", "8: not an expression: '(' was never closed"),
        ("x + y)", "6: not an expression: unmatched ')'"),
        ("x y", "3: not an expression: "),
        ("x = y", "3: not an expression: "),
        ("2x", "1: not an expression: invalid decimal literal (a product is written 2 * x)"),
        ("", "1: not an expression: it ends too early"),
        ("+".join(["x"] * 150), "1: nested deeper than 100 levels; name the inner steps"),
        ("exp(" * 110 + "x" + ")" * 110, "1: nested deeper than 100 levels"),
        ("x + " * 100_000 + "x", "1: the expression has 400,001 characters; at most 2,000 here"),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_not_of_the_language_is_refused_where_it_stands(text: str, told: str) -> None:
    (only,) = complaints(text)
    assert only.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x + v", "1: 'f': shapes (3, 4) and (3,) do not broadcast together (axis -1)"),
        ("exp(x @ y)", "5: 'x @ y': shapes (3, 4) and (3, 4) do not fit for @: inner sizes differ"),
        ("x @ 2", "1: 'f': @ needs operands of rank 1 or more, not shapes (3, 4) and ()"),
        ("t.T", "1: .T needs a matrix, not shape (2, 3, 4); use permute or transpose"),
        ("sum(x, axis=2)", "1: 'f': axis=2 is out of range for rank 2 (allowed: -2 to 1)"),
        ("sum(sum(x), axis=0)", "1: 'f': axis=0 names an axis, but a single number has none"),
        ("sum(x, axis=(0, -2))", "1: 'f': axis=(0, -2) names an axis twice"),
        ("sum(x, axis=())", "1: 'f': axis=() reduces nothing; leave it out to reduce over all"),
        ("max(x[:0])", "1: 'f': shape (0, 4) is empty along the reduced axis: it has no extremum"),
        ("softmax(v, axis=1)", "1: 'f': axis=1 is out of range for rank 1 (allowed: -1 to 0)"),
        ("reshape(x, shape=(5, -1))", "1: 'f': shape (3, 4) has 12 elements: it cannot be resha"),
        ("reshape(x, shape=(-1, -1))", "1: 'f': shape=(-1, -1) may hold sizes and at most one -1"),
        ("permute(x, axes=(0,))", "1: 'f': axes=(0,) must name each axis of shape (3, 4) once"),
        ("transpose(x, axis0=0, axis1=2)", "1: 'f': axis1=2 is out of range for rank 2"),
        ("broadcast_to(v, shape=(3, 2))", "1: 'f': shape (3,) cannot be broadcast to (3, 2)"),
        ("concat(x, v)", "1: 'f': shapes (3, 4), (3,) differ in more than axis 0"),
        ("concat(1, 2)", "1: 'f': concat needs operands of rank 1 or more; stack joins numbers"),
        ("stack(x, v)", "1: 'f': stack needs equal shapes, not (3, 4), (3,)"),
        ("mse_loss(x, v)", "1: 'f': the operands need equal shapes, not (3, 4) and (3,)"),
        ("cross_entropy(x, v)", "1: the labels of cross_entropy must be a constant of integers"),
        ("cross_entropy(x, 1)", "1: the labels of cross_entropy must be a constant of integers"),
        ("cross_entropy(x, rows)", "1: 'f': cross_entropy needs logits of shape (C,) or (N, C)"),
        ("cross_entropy(x[:, :2], labels)", "1: 'f': labels must lie in 0 to 1, the 2 classes"),
        ("mask * v", "1: 'mask' is true or false: it may only be a condition or an index"),
        ("where(mask == 0, v, v)", "7: booleans cannot be compared; use them as the condition"),
        ("x[3]", "1: 'f': index 3 is out of range for axis 0 of shape (3, 4)"),
        ("x[0, [0, 4]]", "1: 'f': index 4 is out of range for axis 1 of shape (3, 4)"),
        ("x[0, 0, 0]", "1: 'f': an index over 3 axes does not fit shape (3, 4)"),
        ("x[..., ...]", "1: 'f': an index has one ... at most"),
        ("x[::0]", "1: 'f': the step of a slice cannot be 0"),
        (
            "x[[True, False]]",
            "1: 'f': an index of booleans of shape (2,) does not fit shape (3, 4)",
        ),
        ("x[[0, [1]]]", "1: 'f': a list in an index must not be ragged"),
        ("x[flag]", "1: 'f': a single true or false is not an index"),
        ("t[0, :, [0, 1]]", "1: 'f': numpy and torch order the axes of this index differently"),
        ("t[:, [0, 1], ..., [0, 1]]", "1: 'f': numpy and torch order the axes of this index"),
        ("x[y]", "3: an index must be literal or a constant, not 'y'"),
        ("x[weights]", "3: constant 'weights' must be integers or booleans to be an index"),
        ("x[y > 0]", "3: an index must be literal: integers, slices, None, ..., lists, or const"),
        ("x[1.5]", "3: an index must be literal"),
        ("x[[]]", "3: an index must be literal"),
        ("x['a']", "3: an index must be literal"),
        ("x[:y]", "4: the bounds of a slice must be literal integers"),
        ("x[()]", "1: an index is missing: x[…]"),
        ("broadcast_to(v, shape=(9999999, 3))", "1: 'f': shape (9999999, 3) has more than 2,000"),
        ("broadcast_to(v[:0, None], shape=(0, 99999999))", "1: 'f': shape (0, 99999999) has more"),
        ("v[None, " + "None, " * 15 + "]", "1: 'f': shape (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"),
    ],
    ids=lambda text: text[:24],
)
def test_operands_that_do_not_fit_are_refused_with_their_shapes(text: str, told: str) -> None:
    (only,) = complaints(text, ARRAYS)
    assert only.startswith(told)


def test_all_complaints_of_an_expression_are_heard_at_once() -> None:
    assert complaints("q + sigmod(x) * maximum(r, y, axis=0)") == [
        "1: unknown name 'q' (known here: x, y, z)",
        "5: unknown operation 'sigmod'; did you mean 'sigmoid'?",
        "25: unknown name 'r' (known here: x, y, z)",
        "31: maximum has no parameter 'axis' (it has none)",
    ]


def test_missing_parameters_are_told_in_the_order_of_the_vocabulary() -> None:
    assert [told.split("=")[0] for told in complaints("transpose(x)", ARRAYS)] == [
        "1: transpose needs axis0",
        "1: transpose needs axis1",
    ]


def test_an_index_is_bounded_before_anything_is_made() -> None:
    start = time.process_time()
    shapes = {"x": (1, 1_000_000)}
    (told,) = complaints(f"x[{[0] * 300}]", shapes)
    assert f"has more than {MAX_ELEMENTS:,} elements" in told
    assert time.process_time() - start < 1


def test_a_comparison_is_bounded_like_any_step() -> None:
    (told,) = complaints("where(x > y, 1, 2)", {"x": (9000, 1), "y": (1, 9000)})
    assert f"has more than {MAX_ELEMENTS:,} elements" in told


def test_the_elements_of_all_steps_are_bounded_together() -> None:
    shapes = {"x": (MAX_ELEMENTS // 2,)}
    assert steps("-x", shapes)
    assert f"more than {MAX_ELEMENTS:,} elements together" in complaints("exp(sin(-x))", shapes)[0]


def test_a_program_has_a_largest_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.language.steps.MAX_STEPS", 3)
    assert len(steps("x + y + z + x")) == 3
    with pytest.raises(TooManySteps):
        flatten("x + y + z + x + y")


# -- static shapes are torch's ---------------------------------------------------------------------


def literal_axis(rng: random.Random) -> int:
    return rng.randrange(-3, 3)


def literal_integers(rng: random.Random) -> tuple[int, ...]:
    return tuple(rng.randrange(-1, 4) for _ in range(rng.randrange(4)))


LITERALS: dict[str, Callable[[random.Random], Any]] = {
    "axis": literal_axis,
    "axes": lambda rng: rng.choice([None, literal_axis(rng), (0, -1), (0,), (1, 2), ()]),
    "order": lambda rng: rng.choice([literal_integers(rng), (-1,), (1, 0), (0, 2, 1), ()]),
    "shape": lambda rng: tuple(abs(size) for size in literal_integers(rng)),
    "flag": lambda rng: rng.choice([True, False]),
    "axis or all": lambda rng: rng.choice([None, literal_axis(rng)]),
    "some axes": lambda rng: rng.choice([literal_axis(rng), (0, -1), (0,), (1, 2), ()]),
    "number": lambda rng: rng.choice([0, 0.5, 2]),
    "bound": lambda rng: rng.choice([None, 0.2, 0.7]),
    "count": lambda rng: rng.randrange(3),
    "size": lambda rng: rng.randrange(1, 4),
    "size or none": lambda rng: rng.choice([None, 1, 2, 3]),
    "correction": lambda rng: rng.randrange(2),
    "widths": lambda rng: tuple(rng.randrange(3) for _ in range(rng.choice([2, 2, 4]))),
    "equation": lambda rng: rng.choice(
        ["ij,jk->ik", "i->i", "ij,ji->", "ij,kl->il", "ii->i", "i,j->ji"]
    ),
}
"""Random literals for each kind of parameter. A new kind needs an entry here."""


FITTING: dict[str, list[tuple[int, ...]]] = {
    "layer_norm": [(2, 3), (3,), (3,)],
    "conv2d": [(2, 3, 5, 4), (2, 3, 2, 3)],
    "max_pool2d": [(2, 1, 5, 4)],
    "avg_pool2d": [(1, 2, 4, 7)],
    "einsum": [(2, 3), (3, 2)],
}
"""Shapes for operations that random ones would hardly ever fit."""


def random_step(
    rng: random.Random, operation: Operation
) -> tuple[str, dict[str, tuple[int, ...]], dict[str, Array]]:
    """Text that applies an operation to random shapes, and the shapes of its leaves."""
    base = tuple(rng.randrange(4) for _ in range(rng.randrange(4)))

    def like(shape: tuple[int, ...]) -> tuple[int, ...]:
        changed = [1 if rng.random() < 0.25 else size for size in shape]
        if changed and rng.random() < 0.2:
            changed[rng.randrange(len(changed))] = rng.randrange(4)
        return tuple(changed[rng.choice([0, 0, 0, 1]) :])

    shapes: dict[str, tuple[int, ...]] = {}
    if operation.name in FITTING:
        shapes = dict(zip("abc", FITTING[operation.name], strict=False))
        literals = [
            f"{key}={LITERALS[parameter.kind](rng)!r}"
            for key, parameter in operation.parameters.items()
            if parameter.default is REQUIRED or rng.random() < 0.7
        ]
        return f"{operation.name}({', '.join([*shapes, *literals])})", shapes, {}
    count = rng.randrange(1, 4) if operation.variadic else len(operation.operands)
    constants: dict[str, Array] = {}
    operands: list[str] = []
    for position in range(count):
        name = "abc"[position]
        kind = operation.kind(position)
        shape = base if position == 0 else like(base)
        if kind == "labels":
            shape = rng.choice([base[:-1], base[:-1], shape])
            constants[name] = np.zeros(shape, dtype=int)
        elif operation.name == "matmul" and position and rng.random() < 0.7:
            inner = shapes["a"][-1:]
            shape = rng.choice([inner, (*inner, 2), shapes["a"][:-2] + inner + (3,)])
        operands.append(f"{name} > 0" if kind == "condition" else name)
        shapes[name] = shape
    if rng.random() < 0.15 and "labels" not in operation.operands.values():
        operands[-1] = operands[-1].replace("abc"[count - 1], "2.5", 1) if count > 1 else "a"
    if operation.name in SYMBOLS:
        return f" {SYMBOLS[operation.name]} ".join(operands), shapes, constants
    if operation.name == "neg":
        return f"-{operands[0]}", shapes, constants
    for key, parameter in operation.parameters.items():
        if parameter.default is REQUIRED or rng.random() < 0.7:
            operands.append(f"{key}={LITERALS[parameter.kind](rng)!r}")
    return f"{operation.name}({', '.join(operands)})", shapes, constants


def program_of(flattener: Flattener, shapes: Shapes, constants: Arrays) -> Program:
    rng = np.random.default_rng(1)
    return Program(
        inputs={
            name: rng.uniform(0.1, 1, shape) if shape else 0.5
            for name, shape in shapes.items()
            if name not in constants
        },
        constants=constants,
        steps=tuple(flattener.steps),
        shapes=flattener.shapes,
        seed=default_seed(flattener.shapes["f"]),
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "index"])
def test_the_static_shape_of_every_operation_is_torchs(name: str) -> None:
    rng = random.Random(name)
    accepted = 0
    for _ in range(240):
        text, shapes, constants = random_step(rng, OPERATIONS[name])
        flattener, told = flatten(text, shapes, constants)
        if told:
            continue
        program = program_of(flattener, shapes, constants)
        if "f" not in program.differentiable:
            continue
        try:
            trace = reference.evaluate(program)
        except Undefined:
            assert name == "binary_cross_entropy"
            continue
        for key, value in trace.values.items():
            assert value.shape == flattener.shapes[key], f"{text} with {shapes}"
        for key, gradient in trace.gradients.items():
            assert gradient.shape == flattener.shapes[key], f"{text} with {shapes}"
        accepted += 1
    assert accepted >= 8, "too few programs to say anything"


def test_what_an_index_takes_is_what_torch_takes_and_numpy() -> None:
    rng = random.Random(7)

    def item() -> Any:
        begin, end = (rng.choice([None, None, -2, 0, 1, 2]) for _ in range(2))
        return rng.choice(
            [
                rng.randrange(-2, 2),
                slice(begin, end, rng.choice([None, 1, 2, -1, -2])),
                None,
                Ellipsis,
                [rng.randrange(-2, 2) for _ in range(2)],
                [[0], [1]],
                [True, False],
                [[True, False], [False, True]],
                "i",
            ]
        )

    accepted = 0
    for _ in range(1500):
        shape = tuple(rng.choice([1, 2, 2, 3]) for _ in range(rng.randrange(1, 5)))
        items = tuple(item() for _ in range(rng.randrange(1, 4)))
        constant = np.array([[1, 0], [0, 0]])
        filled = tuple(constant if part == "i" else part for part in items)
        try:
            expected = infer("index", [shape], {"index": filled})
        except ShapeError:
            continue
        accepted += 1
        array = np.arange(math.prod(shape), dtype=float).reshape(shape)
        operands = ("x", *(part for part in items if part == "i"))
        program = Program(
            {"x": array},
            {"i": constant},
            (Step("f", "index", operands, {"index": items}),),
            {"x": shape, "i": (2, 2), "f": expected},
            default_seed(expected),
        )
        value = reference.evaluate(program).values["f"]
        assert value.shape == expected, f"{items} of shape {shape}"
        assert np.array_equal(value, array[filled]), f"{items} of shape {shape}"
    assert accepted > 300


def test_every_operation_names_a_shape_rule_and_every_rule_is_used() -> None:
    assert {operation.shape for operation in OPERATIONS.values()} == set(RULES)


def test_an_empty_index_list_is_no_bound_check_for_torch() -> None:
    assert infer("index", [(3,)], {"index": (np.zeros((0,), dtype=int),)}) == (0,)


def test_every_operator_of_the_language_has_an_entry() -> None:
    for op, sign in OPERATORS.items():
        assert op in GATES
        assert hasattr(ast, sign.node)
