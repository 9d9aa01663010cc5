"""What a case file means, and every complaint about one with its line and column."""

import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness import languages
from harness.engines import reference
from harness.judging.by_hand import contradictions
from harness.language.case import KEYS, Case, CaseError, decode, load
from harness.vocabulary.program import Program, Stage, Step

HEAD = "about: a test\ninputs: {x: 3, y: -4}\n"
"""Two lines, so that what a test adds starts at line 3."""
BODY = HEAD + "expr: x * y\n"
"""Three lines."""


def case(text: str) -> Case:
    return decode(text, Path("case.yaml"))


def program(text: str) -> Program:
    return case(text).program


def problems(text: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        decode(text, Path("case.yaml"), "case.yaml")
    lines = str(caught.value).split("\ncase.yaml:")
    return [lines[0].removeprefix("case.yaml:"), *lines[1:]]


# -- what a file means -----------------------------------------------------------------------------


def test_a_case_says_all_that_its_keys_say() -> None:
    found = case(
        """\
about: >-
  two lines
  of text
inputs: {x: 3, y: [1, 2]}
constants: {labels: [0, 1], mask: [true, false], half: 0.5}
steps:
  p: x * y
  f: where(mask, p, half) + y
expect: {x: 3, p: [3.0, 6], dy: [4.00, 1]}
seed: [1, 1]
dtype: float32
tolerance: {rtol: 1e-3, why: a reason}
tags: [reuse, kink]
points: 2.5
hint: look   twice
"""
    )
    assert (found.about, found.hint, found.points) == ("two lines of text", "look twice", 2.5)
    assert found.tags == ("reuse", "kink")
    assert found.tolerance is not None
    assert found.tolerance.rtol == 1e-3
    assert found.tolerance.atol is None
    assert found.tolerance.why == "a reason"
    assert found.program.stages == (Stage("p", "x * y"), Stage("f", "where(mask, p, half) + y"))
    assert [(item.key, item.name, item.direction) for item in found.expect] == [
        ("x", "x", "forward"),
        ("p", "p", "forward"),
        ("dy", "y", "backward"),
    ]
    made = found.program
    assert made.dtype == "float32"
    assert made.inputs["x"] == 3.0
    assert np.asarray(made.inputs["y"]).dtype == np.float32
    assert made.constants["labels"].dtype.kind == "i"
    assert made.constants["mask"].dtype == np.bool_
    assert made.constants["half"] == 0.5
    assert [step.name for step in made.steps] == ["p", "where(mask, p, half)", "f"]
    assert np.array_equal(made.seed, [1, 1])


def test_what_a_case_says_may_be_there_in_several_languages() -> None:
    told = case("about: {en: a b, zh: 甲}\ninputs: {x: 3}\nexpr: x * x\nhint: {de: c, zh: 乙}\n")
    assert (told.about, told.hint, told.said("about"), told.said("hint")) == (
        "a b",
        "c",
        "a b",
        "c",
    )
    with languages.speaking("zh"):
        assert (told.said("about"), told.said("hint")) == ("甲", "乙")
        assert case(BODY).said("about") == "a test"
        assert case(BODY).said("hint") == ""


@pytest.mark.parametrize(
    ("about", "problem"),
    [
        ("{}", "1:8: about must be text, or text by language: {en: …, zh: …}"),
        ("{English: a}", "1:9: 'English' is no language: its letters, such as en or zh"),
        ("{en: [a]}", "1:13: about in en must be text"),
    ],
)
def test_a_language_that_is_wrong_is_told_with_its_place(about: str, problem: str) -> None:
    with pytest.raises(CaseError, match=re.escape(problem)):
        case(f"about: {about}\ninputs: {{x: 3}}\nexpr: x * x\n")


def test_expr_is_a_single_stage_called_f() -> None:
    assert program(BODY).steps == (Step("f", "mul", ("x", "y")),)


def test_numbers_that_yaml_1_1_misreads_are_numbers() -> None:
    made = program(
        "about: a\n"
        "inputs: {a: 1e-3, b: .5, c: 1_000, d: inf, e: -inf, g: nan, h: 1E+2, i: 010}\n"
        "expr: a * 1e-3 + b * .5 + c * 1_000 + d * inf + e * -inf + g * nan + h + i"
    )
    assert str(list(made.inputs.values())) == str(
        [1e-3, 0.5, 1000.0, math.inf, -math.inf, math.nan, 100.0, 10.0]
    )
    numbers = [step.operands[1] for step in made.steps if step.op == "mul"]
    assert str(numbers) == str([1e-3, 0.5, 1000, math.inf, -math.inf, math.nan])


def test_names_that_yaml_1_1_misreads_are_names() -> None:
    made = program("about: a\ninputs: {on: 3, no: 2, y: 1, n: 4}\nsteps: {off: on * no + y ** n}")
    assert list(made.inputs) == ["on", "no", "y", "n"]
    assert made.output == "off"


def test_the_numbers_of_a_generator_are_the_same_for_ever() -> None:
    made = program(
        "about: a\n"
        "inputs: {x: {uniform: [-1, 1], shape: [2, 2], seed: 7}, s: {uniform: [0, 1], shape: [], "
        "seed: 0}}\n"
        "expr: x * s"
    )
    assert np.asarray(made.inputs["x"]).tolist() == [
        [-0.35233447033367526, -0.6983016521509962],
        [0.3018689460797075, -0.8551274266649145],
    ]
    assert made.inputs["s"] == 0.8444218515250481
    assert isinstance(made.inputs["s"], float)


def test_the_default_seed_is_one_for_a_number_and_uneven_for_an_array() -> None:
    assert program(BODY).seed == 1.0
    made = program("about: a\ninputs: {x: [[1, 2, 3], [4, 5, 6]]}\nexpr: -x")
    assert np.asarray(made.seed).tolist() == [
        [1.1180339887498949, 0.7360679774997898, -1.3541019662496847],
        [0.9721359549995796, 0.5901699437494745, -1.2082039324993694],
    ]


def test_a_loop_is_as_many_steps_as_it_has_turns() -> None:
    made = program(HEAD + "steps: {z: {start: x, repeat: 3, next: tanh(z) + y}, f: z * z}")
    assert made.steps == (
        Step("tanh(z)", "tanh", ("x",)),
        Step("z #1", "add", ("tanh(z)", "y")),
        Step("tanh(z) #2", "tanh", ("z #1",)),
        Step("z #2", "add", ("tanh(z) #2", "y")),
        Step("tanh(z) #3", "tanh", ("z #2",)),
        Step("z", "add", ("tanh(z) #3", "y")),
        Step("f", "mul", ("z", "z")),
    )


def test_a_loop_may_start_from_a_number_or_an_expression() -> None:
    made = program(HEAD + "steps: {z: {start: x * y, repeat: 1, next: z + x * y}}")
    assert [step.name for step in made.steps] == ["z #0", "x * y", "z"]
    made = program(HEAD + "steps: {z: {start: 0, repeat: 2, next: z + x}}")
    assert [step.operands for step in made.steps] == [(0, "x"), ("z #1", "x")]


def test_a_margin_is_half_a_unit_of_the_last_written_digit() -> None:
    found = case(
        "about: a\ninputs: {x: [1, 2, 3, 4, 5, 6, 7, 8]}\nexpr: x * 1\n"
        "expect: {f: [1.55, -12, 1.5e-3, 0.0, 3., inf, .nan, 1.25e-30]}"
    )
    assert found.expect[0].margin.tolist() == pytest.approx(
        [5e-4 * 1.55, 1.2e-8, 7.5e-7, 0.05, 1.5e-3, 0, 0, 6.25e-34], rel=1e-9
    )


def test_a_margin_is_finite_whatever_the_exponent() -> None:
    found = case(BODY + f"expect: {{f: 0.0e{'9' * 300}, x: 1.5e-{'9' * 300}, dx: 1_0.5}}")
    assert all(np.isfinite(item.margin).all() for item in found.expect)


@pytest.mark.parametrize(
    ("written", "confirmed"),
    [("-12", True), ("-12.0", True), ("-12.001", False), ("-1.2e1", True), ("-13", False)],
)
def test_what_is_expected_is_held_against_torch_to_its_last_digit(
    written: str, confirmed: bool
) -> None:
    found = case(BODY + f"expect: {{f: {written}}}")
    told = contradictions(found, reference.evaluate(found.program))
    assert [(item.line, item.column) for item in told] == ([] if confirmed else [(4, 13)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("inputs: {x: 2.5}\nexpr: 2 * x\nexpect: {f: 6, dx: 2.5}", "f = 5.0; the case says 6.0"),
        ("inputs: {x: 2.5}\nexpr: 2 * x\nexpect: {dx: 2.5}", "dx = 2.0; the case says 2.5"),
        ("inputs: {x: 3}\nexpr: x / 7\nexpect: {f: 0.5}", "f = 0.42857142857142855; the case"),
        (
            "inputs: {x: [1, 2]}\nexpr: x * 2.5\nexpect: {f: [2.5, 6.0]}",
            "f = [2.5, 5.0]; the case says [2.5, 6.0]",
        ),
        ("inputs: {x: 0}\nexpr: 1 / x\nexpect: {f: 6}", "f = inf; the case says 6.0"),
        (
            "inputs: {x: 2, y: 3}\nexpr: x ** 2 * y\norder: 2\nexpect: {ddx: 6}",
            "ddx = 10.0; the case says 6.0 (it is the gradient of dx + dy)",
        ),
    ],
)
def test_a_contradiction_tells_both_numbers_whole(text: str, told: str) -> None:
    found = case(f"about: a\n{text}")
    first = contradictions(found, reference.evaluate(found.program))[0]
    assert first.message.startswith(f"torch says {told}")


def test_a_small_number_that_is_wrong_is_contradicted() -> None:
    found = case("about: a\ninputs: {x: 1e-20}\nexpr: 2 * x\nexpect: {f: 3.00e-20}")
    assert contradictions(found, reference.evaluate(found.program))


def test_inner_steps_and_inputs_can_be_expected() -> None:
    found = case(
        HEAD + "expr: (x + y) * (x + y)\nexpect: {'x + y #2': -1, 'dx + y': -1, x: 3, df: 1}"
    )
    assert contradictions(found, reference.evaluate(found.program)) == []


# -- every complaint, where it belongs -------------------------------------------------------------

A_CASE_HAS = f"(it has {', '.join(KEYS)})"

REFUSED = {
    # keys
    "unknown key": (
        BODY + "tag: [a]\n",
        [f"4:1: a case has no key 'tag'; did you mean 'tags'? {A_CASE_HAS}"],
    ),
    "duplicate key": (
        BODY + "about: again\n",
        ["4:1: duplicate key 'about': the first is at line 1, column 1"],
    ),
    "step defined twice": (
        HEAD + "steps:\n  p: x * y\n  p: x + y\n",
        ["5:3: duplicate key 'p': the first is at line 4, column 3"],
    ),
    "expr and steps": (
        BODY + "steps: {f: x * y}\n",
        ["4:8: expr and steps are both given; a case has exactly one"],
    ),
    "neither expr nor steps": (
        HEAD,
        ["1:1: expr or steps is missing; a case has exactly one of them"],
    ),
    "nothing but braces": (
        "{}\n",
        [
            "1:1: expr or steps is missing; a case has exactly one of them",
            "1:1: about is missing: one sentence: what the case is there to catch",
            "1:1: inputs is missing: name at least one leaf to differentiate",
        ],
    ),
    "not a mapping": ("- a\n", [f"1:1: a case is a mapping with the keys {', '.join(KEYS)}"]),
    "empty about": ("about:\ninputs: {x: 1}\nexpr: -x\n", ["1:7: about must be text"]),
    "misspelt inputs": (
        "about: a\ninput: {x: 1}\nexpr: x * x\n",
        [
            "1:1: inputs is missing: name at least one leaf to differentiate",
            f"2:1: a case has no key 'input'; did you mean 'inputs'? {A_CASE_HAS}",
        ],
    ),
    "no inputs": (
        "about: a\ninputs: {}\nexpr: x * x\n",
        ["2:9: inputs is empty: name at least one leaf"],
    ),
    # leaves
    "text for a number": (
        "about: a\ninputs:\n  x: three\n  y: '3'\n  z:\n  v: [1, true]\nexpr: x * y * z * v\n",
        [
            "3:6: 'three' is not a number",
            "4:6: '3' is not a number; remove the quotes",
            "5:5: an empty value is not a number",
            "6:10: 'true' is not a number",
        ],
    ),
    "ragged": (
        "about: a\ninputs:\n  x: [[1, 2], [3]]\n  y: [1, [2]]\nexpr: x * y\n",
        [
            "3:15: 'x' is ragged: this part has shape (1,), the first has (2,)",
            "4:10: 'y' is ragged: this part has shape (1,), the first has ()",
        ],
    ),
    "too many axes": (
        f"about: a\ninputs: {{x: {'[' * 17}1{']' * 17}}}\nexpr: x * 1\n",
        ["2:29: an array has at most 16 axes"],
    ),
    "mixed constants": (
        BODY + "constants: {c: [1, true]}\n",
        ["4:16: 'c' mixes numbers with true and false"],
    ),
    "huge number": (
        "about: a\ninputs: {x: 1e999}\nexpr: -x\n",
        ["2:13: 1e999 is too large for float64; write inf if infinity is meant"],
    ),
    "400 digits": (
        f"about: a\ninputs: {{x: [2, {'9' * 400}]}}\nexpr: -x\n",
        [f"2:17: {'9' * 59}… is too large for float64"],
    ),
    "more digits": (
        f"about: a\ninputs: {{x: {'9' * 5000}}}\nexpr: -x\n",
        ["2:13: a number of more than 400 digits"],
    ),
    "too large for its dtype": (
        "about: a\ninputs: {x: [1, 1e39]}\nexpr: x * 1\nseed: [1, -1e99]\ndtype: float32\n",
        ["2:17: 1e39 is too large for float32", "4:11: -1e99 is too large for float32"],
    ),
    "bad names": (
        "about: a\ninputs: {lambda: 1, nan: 1, sum: 1, _a: 1, 2é: 1, a b: 1, True: 1, x: 2}\n"
        f"steps: {{inf: x * 1, exp: x * 2, {'q' * 61}: x * 3, f: -x}}\n",
        [
            "2:10: 'lambda' is a word of the language; give the input another name",
            "2:21: 'nan' is a word of the language; give the input another name",
            "2:37: '_a' is not a name: a letter, then letters, digits and _",
            "2:44: '2é' is not a name: a letter, then letters, digits and _",
            "2:51: 'a b' is not a name: a letter, then letters, digits and _",
            "2:59: 'True' is a word of the language; give the input another name",
            "3:9: 'inf' is a word of the language; give the step another name",
            "3:33: the name 'qqqqqqqqqqqqqqqqqqqq…' is longer than 60 characters",
        ],
    ),
    "input and constant": (
        BODY + "constants: {c: 1, x: 2}\n",
        ["4:19: 'x' is defined twice: it is an input"],
    ),
    # generators
    "generator of another kind": (
        "about: a\ninputs: {x: {normal: [0, 1], shape: [2], seed: 1}}\nexpr: -x\n",
        [
            "2:13: a generator needs uniform: {uniform: [low, high], shape: [3], seed: 7}",
            "2:14: a generator has no key 'normal'; did you mean 'uniform'? "
            "(it has uniform, shape, seed)",
        ],
    ),
    "generator without parts": (
        "about: a\ninputs: {x: {}}\nexpr: -x\n",
        [
            "2:13: a generator needs uniform: {uniform: [low, high], shape: [3], seed: 7}",
            "2:13: a generator needs shape: {uniform: [low, high], shape: [3], seed: 7}",
            "2:13: a generator needs seed: {uniform: [low, high], shape: [3], seed: 7}",
        ],
    ),
    "generator with wrong parts": (
        "about: a\ninputs:\n"
        "  x: {uniform: 1, shape: 3, seed: 1.5}\n"
        "  y: {uniform: [1, 0], shape: [2], seed: 1}\n"
        "  z: {uniform: [a, 0], shape: [-2], seed: -1}\n"
        "  v: {uniform: [-1e308, 1e308], shape: [2], seed: 1}\n"
        "  w: {uniform: [0, 1], shape: [0, 1000000], seed: 1}\n"
        "expr: -x\n",
        [
            "3:16: uniform needs two numbers: [low, high]",
            "3:26: shape must be a list of sizes: [3, 4]",
            "3:35: the seed of a generator must be an integer, 0 or more",
            "4:16: uniform needs finite bounds with low < high",
            "5:17: a bound must be a number",
            "5:31: shape must be a list of sizes: [3, 4]",
            "5:43: the seed of a generator must be an integer, 0 or more",
            "6:16: uniform needs finite bounds with low < high",
            "7:31: at most 100,000 elements and 16 axes are generated",
        ],
    ),
    # steps
    "used before it is defined": (
        HEAD + "steps:\n  p: x * q\n  q: y * 2\n  f: p * f\n",
        [
            "4:10: 'q' is used before it is defined; steps run top down",
            "6:10: 'f' is used before it is defined; steps run top down",
        ],
    ),
    "a step named as an input": (
        HEAD + "steps: {x: y * 2, f: -x}\n",
        ["3:9: 'x' is defined twice: it is an input or a constant"],
    ),
    "f as an input of expr": (
        "about: a\ninputs: {f: 3}\nexpr: f * 2\n",
        ["3:7: f is the name of expr's own stage; call the leaf otherwise"],
    ),
    "an error is not told again where its step is used": (
        HEAD + "steps:\n  p: x * q\n  r: p + 1\n  f: r * sigmod(p)\n",
        [
            "4:10: unknown name 'q' (known here: x, y)",
            "6:10: unknown operation 'sigmod'; did you mean 'sigmoid'?",
        ],
    ),
    "steps that are no mapping": (
        HEAD + "steps: [x]\n",
        ["3:8: steps is a mapping of names to expressions, one a line"],
    ),
    "no expression": (
        HEAD + "steps:\n  p: [x]\n  q:\n  r: ''\n",
        [
            f"{place}: an expression is expected here, such as x * y{more}"
            for place, more in (
                ("4:6", "; quote one that begins with a bracket: '[x, y]'"),
                ("5:5", ""),
                ("6:6", ""),
            )
        ],
    ),
    "a comparison as a stage": (
        HEAD + "expr: x > y\n",
        ["3:7: a comparison may only be the condition of where(…)"],
    ),
    "output without an input": (
        HEAD + "steps: {p: x * y, f: sqrt(2)}\n",
        ["3:8: the output 'f' depends on no input"],
    ),
    "operands that do not fit": (
        "about: a\ninputs: {x: [1, 2], y: [1, 2, 3]}\nsteps: {p: exp(2 * (x + y)), f: p * x}\n",
        ["3:21: 'x + y': shapes (2,) and (3,) do not broadcast together (axis -1)"],
    ),
    # loops
    "loop without its parts": (
        HEAD + "steps: {z: {start: x, time: 3}}\n",
        [
            "3:12: a loop needs repeat: {start: x, repeat: 3, next: z * x}",
            "3:12: a loop needs next: {start: x, repeat: 3, next: z * x}",
            "3:23: a loop has no key 'time' (it has start, repeat, index, next)",
        ],
    ),
    "loop with a bad repeat": (
        HEAD
        + "steps:\n"
        + "".join(
            f"  z{n}: {{start: x, repeat: {turns}, next: -x}}\n"
            for n, turns in enumerate(["0", "20001", "2.0", "two", "[1]"])
        ),
        [f"{line}:26: repeat must be an integer from 1 to 20,000" for line in range(4, 9)],
    ),
    "loop that computes nothing": (
        HEAD + "steps: {z: {start: x, repeat: 2, next: z}}\n",
        ["3:40: a stage needs an operation; 'z' alone computes nothing"],
    ),
    "loop that starts from itself": (
        HEAD + "steps: {z: {start: z, repeat: 2, next: -z}}\n",
        ["3:20: 'z' is used before it is defined; steps run top down"],
    ),
    "loop that outgrows": (
        HEAD + "steps: {z: {start: x, repeat: 30, next: 'stack(z, z)'}}\n",
        [
            "3:42: 'z #17': shape (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2) "
            "has more than 16 axes"
        ],
    ),
    "too many steps": (
        HEAD + "steps: {z: {start: x, repeat: 20000, next: z * x + x * z}}\n",
        ["3:44: the program has more than 50,000 steps"],
    ),
    "a comma that ends the text": (
        HEAD + "steps: {z: maximum(x, y)}\n",
        [
            "3:21: inside {…} a comma ends the text; quote an expression that has one",
            "3:23: 'y)' is not a name: a letter, then letters, digits and _",
            "3:25: an expression is expected here, such as x * y",
        ],
    ),
    # syntax of expressions, in every style of YAML
    "plain": (HEAD + "expr: x * (y\n", ["3:11: not an expression: '(' was never closed"]),
    "plain over two lines": (
        HEAD + "expr: x\n  * yy\n",
        ["4:5: unknown name 'yy'; did you mean 'y'? (known here: x, y)"],
    ),
    "single quotes": (HEAD + "expr: 'x * y)'\n", ["3:13: not an expression: unmatched ')'"]),
    "double quotes": (
        HEAD + 'expr: "x \\u002A yy"\n',
        ["3:17: unknown name 'yy'; did you mean 'y'? (known here: x, y)"],
    ),
    "folded": (
        HEAD + "expr: >-\n  x\n  *\n  (y\n",
        ["6:3: not an expression: '(' was never closed"],
    ),
    "literal": (
        HEAD + "steps:\n  p: |\n    x *\n    y +\n      z\n",
        ["7:7: unknown name 'z' (known here: x, y)"],
    ),
    "ends too early": (HEAD + "expr: x * y +\n", ["3:14: not an expression: it ends too early"]),
    "a sign that is not Python's": (
        HEAD + "expr: x − y\n",
        ["3:9: '−' has no place in an expression: names and Python's own signs only"],
    ),
    # syntax of YAML
    "colon": (
        HEAD + "expr: x[: , 0]\n",
        [
            "3:9: mapping values are not allowed in this context "
            "(quote the text if it contains ': ')"
        ],
    ),
    "unknown alias": (HEAD + "expr: *x\n", ["3:7: the alias *x has no anchor &x before it"]),
    "alias bomb": (
        "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(
            f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
            for old, new in zip("abcde", "bcdef", strict=True)
        ),
        ["6:8: aliases expand to more than 200,000 values"],
    ),
    "YAML tag": (HEAD + "expr: !!str x\n", ["3:7: tags are not supported: remove !!str"]),
    "empty": ("", ["1:1: the file is empty: it holds blank lines or comments only"]),
    "nested lists": ("[" * 10_000, ["1:65: nested deeper than 64 levels"]),
    "nested expression": (
        HEAD + f"expr: {'sin(' * 150}x{')' * 150}\n",
        ["3:7: nested deeper than 100 levels; name the inner steps"],
    ),
    "a sum of 100,000 terms": (
        HEAD + "expr: " + "x + " * 100_000 + "x\n",
        ["3:7: the expression has 400,001 characters; at most 2,000 here"],
    ),
    # the other keys
    "dtype": (
        BODY + "dtype: flaot32\n",
        ["4:8: dtype must be float64 or float32; did you mean 'float32'?"],
    ),
    "order": (
        BODY + "order: 3\nbackward: [1]\n",
        [
            "4:8: order must be 1 (default) or 2",
            "5:11: backward must be 1 (default) or 2",
        ],
    ),
    **{
        f"order {text}": (BODY + f"order: {text}\n", ["4:8: order must be 1 (default) or 2"])
        for text in ("true", "1.0", "two")
    },
    "order in quotes": (
        BODY + "order: '2'\n",
        ["4:8: order must be 1 (default) or 2; remove the quotes"],
    ),
    "points": (BODY + "points: -1\n", ["4:9: points must lie between 0 and 1000"]),
    "points that are nan": (BODY + "points: nan\n", ["4:9: points must lie between 0 and 1000"]),
    "points in words": (BODY + "points: two\n", ["4:9: points must be a number"]),
    "points in quotes": (
        BODY + "points: '2'\n",
        ["4:9: points must be a number; remove the quotes"],
    ),
    "tolerance without why": (
        BODY + "tolerance: {rtol: 1e-3}\n",
        ["4:12: tolerance needs why: the reason the usual one does not do"],
    ),
    "tolerance without a number": (
        BODY + "tolerance: {why: a reason}\n",
        ["4:12: tolerance needs rtol or atol"],
    ),
    "tolerance out of range": (
        BODY + "tolerance: {rtol: 1, atol: -1, why: a reason, rtoll: 1}\n",
        [
            "4:19: rtol must lie between 0 and 1",
            "4:28: atol must lie between 0 and 1",
            "4:47: tolerance has no key 'rtoll'; did you mean 'rtol'? (it has rtol, atol, why)",
        ],
    ),
    "tags": (
        BODY + "tags: [skip, parametrize, not, Kink, a b, 3, reuse, reuse]\n",
        [
            "4:8: 'skip' means something else to pytest; name the tag otherwise",
            "4:14: 'parametrize' means something else to pytest; name the tag otherwise",
            "4:27: 'not' means something else to pytest; name the tag otherwise",
            "4:32: a tag is a word of a-z, 0-9 and _, starting with a letter",
            "4:38: a tag is a word of a-z, 0-9 and _, starting with a letter",
            "4:43: a tag is a word of a-z, 0-9 and _, starting with a letter",
            "4:53: tag 'reuse' is given twice",
        ],
    ),
    "a tag without a list": (
        BODY + "tags: reuse\n",
        ["4:7: tags must be a list of words: tags: [reuse, scalar]"],
    ),
    "hint": (BODY + "hint: [a]\n", ["4:7: hint must be text"]),
    "seed of the wrong shape": (
        BODY + "seed: [1, 2]\n",
        ["4:7: the seed has shape (2,), but the output 'f' has shape ()"],
    ),
    "seed that is no number": (BODY + "seed: one\n", ["4:7: 'one' is not a number"]),
    # expect
    "expected names": (
        BODY + "expect: {g: 1, dz: 2, d: 3, x*y: 1}\n",
        [
            "4:10: 'g' is neither a step nor a gradient",
            "4:16: 'dz' is neither a step nor a gradient",
            "4:23: 'd' is neither a step nor a gradient; did you mean 'dy'?",
            "4:29: 'x*y' is neither a step nor a gradient",
        ],
    ),
    "an ambiguous name": (
        HEAD + "steps: {dx: x * y, f: dx * y}\nexpect: {dx: -12}\n",
        ["4:10: 'dx' is both a step and the gradient of 'x'"],
    ),
    "expected shape": (
        BODY + "expect: {f: [1, 2], dx: [3]}\n",
        ["4:13: 'f' has shape (), not (2,)", "4:25: 'dx' has shape (), not (1,)"],
    ),
    "expected text": (BODY + "expect: {f: twelve}\n", ["4:13: 'twelve' is not a number"]),
    "expected generator": (
        BODY + "expect: {f: {uniform: [0, 1], shape: [], seed: 1}}\n",
        ["4:13: a number or nested lists are expected here: dx: [2.0, 0.5]"],
    ),
    "everything at once": (
        "inputs: {x: 3, y: three}\n"
        "hnt: nothing\n"
        "steps:\n  p: x * q\n  f: p +\n"
        "expect: {f: many}\n"
        "seed: one\n"
        "points: 5000\n",
        [
            "1:1: about is missing: one sentence: what the case is there to catch",
            "1:19: 'three' is not a number",
            f"2:1: a case has no key 'hnt'; did you mean 'hint'? {A_CASE_HAS}",
            "4:10: unknown name 'q' (known here: x)",
            "5:9: not an expression: it ends too early",
            "6:13: 'many' is not a number",
            "7:7: 'one' is not a number",
            "8:9: points must lie between 0 and 1000",
        ],
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_is_told_so_at_the_right_place(text: str, told: list[str]) -> None:
    assert problems(text) == told


def test_complaints_do_not_depend_on_hashing() -> None:
    code = (
        "import sys; from pathlib import Path; from harness.language.case import *\n"
        "try: decode('inputs: {x: {}, y: {}}\\nsteps: {z: {}}', Path('a'))\n"
        "except CaseError as error: print(error)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert told.pop().count(b"\n") == 10


def test_a_file_with_thousands_of_problems_tells_a_hundred() -> None:
    told = problems(BODY + "".join(f"key{n}: 1\n" for n in range(5000)))
    assert len(told) == 101
    assert told[-1] == "104:1: and 4,900 more problems"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "steps:\n" + "".join(f" a{n}: x+x\n" for n in range(20_000)),
        HEAD + "steps:\n" + "".join(f" a{n}: x+x\n b{n}: q{n}+x\n" for n in range(10_000)),
        HEAD + "expr: 'concat(" + ",".join(f"u{n}" for n in range(400)) + ")'\n",
        BODY + "tags: [" + ",".join(f"t{n}" for n in range(90_000)) + "]\n",
        "about: a\ninputs: {x: [" + ",".join(["a"] * 90_000) + "]}\nexpr: -x\n",
        HEAD + "steps:\n" + "".join(f" a{n}: q(\n" for n in range(20_000)),
        BODY + "expect: {" + ",".join(f"q{n}: 1" for n in range(40_000)) + "}\n",
        HEAD
        + "steps: {z: {start: x, repeat: 20000, next: 'sin(cos("
        + "+".join("z" * 90)
        + "))'}}",
    ],
    ids=["many", "unknown", "operands", "tags", "numbers", "syntax", "expect", "loop"],
)
def test_no_file_takes_long(text: str) -> None:
    start = time.process_time()
    try:
        case(text)
    except CaseError as error:
        assert len(str(error)) < 50_000
    assert time.process_time() - start < 6


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a[b].yaml", "a::b.yaml", "A b.yaml", "é.yaml", "a.b.yaml"])
def test_a_file_name_that_would_break_node_ids_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BODY)
    with pytest.raises(CaseError, match="is part of the case's id: call it by a-z, 0-9 and _ al"):
        load(path, "here")


def test_folders_below_the_root_are_part_of_the_id(tmp_path: Path) -> None:
    path = tmp_path / "Bad folder" / "good.yaml"
    path.parent.mkdir()
    path.write_text(BODY)
    assert load(path).program.output == "f"
    with pytest.raises(CaseError, match=r"^here:1:1: 'Bad folder' is part of the case's id"):
        load(path, "here", tmp_path)


def test_a_file_that_is_not_utf_8_is_refused_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"about: a\ninputs: {x: 1}\n# caf\xe9\nexpr: -x\n")
    with pytest.raises(CaseError, match=r"^here:3:6: not UTF-8: byte 0xe9; save the file as UTF-8"):
        load(path, "here")


def test_a_file_of_100_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.touch()
    os.truncate(path, 100_000_000)
    start = time.process_time()
    with pytest.raises(CaseError, match=r"^here:1:1: "):
        load(path, "here")
    assert time.process_time() - start < 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"^here:1:1: the file cannot be read: No such file"):
        load(tmp_path / "gone.yaml", "here")


def test_the_path_is_what_errors_call_a_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("")
    with pytest.raises(CaseError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:1:1: ")


# -- whatever the file, a case or complaints -------------------------------------------------------

LINES = st.sampled_from(
    """\
about: a
inputs: {x: 3}
inputs: {x: [1, 2]}
inputs: [1]
inputs:
constants: {c: [0]}
constants: {c: true}
expr: x * x
expr: x[0]
expr: 'x +'
steps: {f: x * x}
steps: {z: {start: x, repeat: 2, next: -z}}
steps:
  f: sum(x)
  g: f ** x
  c: x[c]
  x: 1
expect: {f: 9}
expect: {dx: [1.5, .inf]}
seed: 2
seed: [1, 2]
seed: {uniform: [0, 1], shape: [2], seed: 1}
dtype: float32
tolerance: {rtol: 1e-3, why: a}
tags: [a]
points: 1e300
hint: >
? a
: b
- a
&a x: *a""".splitlines()
)


@settings(max_examples=300)
@given(st.lists(LINES, max_size=9).map("\n".join))
@example("about: a\ninputs: {x: 3}\nexpr: x * x\nexpect: {f: .inf}")
def test_any_file_gives_a_case_or_complaints(text: str) -> None:
    try:
        case(text)
    except CaseError as error:
        lines = text.split("\n")
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines) + 1
            assert problem.column >= 1
            assert problem.message


def test_a_duplicate_key_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "Bad name.yaml"
    path.write_text(
        "about: a\ninputs: {x: 1, x: 2}\nabout: b\nexpr: sigmod(x) + y\n", encoding="utf-8"
    )
    with pytest.raises(CaseError) as told:
        load(path, "c.yaml")
    places = [line.split(" ")[0] for line in str(told.value).splitlines()]
    assert places == ["c.yaml:1:1:", "c.yaml:2:16:", "c.yaml:3:1:", "c.yaml:4:7:", "c.yaml:4:19:"]
