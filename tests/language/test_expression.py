"""What an expression becomes: steps and their names, or complaints with a place."""

import ast
import math
import time
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from language.flattening import ARRAYS, SCALARS, complaints, flatten, names, steps

from harness.language.expression import Flattener
from harness.language.syntax import MAX_LENGTH
from harness.vocabulary.program import Operand, Step

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
        ("x * []", "5: an empty list holds nothing to compute with"),
        ("x * [[1, 2], 3]", "5: the list [[1, 2], 3] must not be ragged"),
        ("x * [1, 'a']", "9: 'a' is not a number"),
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
        ("x − y", "3: '−' has no place in an expression: names and Python's own signs"),
        ("x * é²", "6: '²' has no place in an expression"),
        ("é * x", "1: unknown name 'é' (known here: x, y, z)"),
        ("x\r+ y", "2: '\\r' has no place in an expression"),
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
