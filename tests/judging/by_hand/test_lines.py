"""Backward passes written by hand: right ones, and ones with a mistake in one line."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from judging.by_hand.mutants import Mutant, mutants
from sweeps import sweep

from harness.engines.staged.cells import joined, place
from harness.engines.staged.running import run
from harness.judging.staged.judging import ByHand, judge
from harness.judging.staged.recognition import is_staged
from harness.judging.staged.result import as_json
from harness.language.case import CaseError

RIGHT = sorted((Path(__file__).parent / "right").glob("*.py"))
SEED = frozenset({"dout"})
"""What is given, and may be anything."""


def judged(text: str, **given: str) -> ByHand:
    return judge("code.py", text, run(text, "code.py", {}), given)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_nothing_is_said_of_a_pass_that_is_right(path: Path) -> None:
    verdict = judged(path.read_text())
    assert verdict.stopped is None
    assert not verdict.wrong
    assert not verdict.unplaced
    assert verdict.right == len(verdict.by_line) > 2


def told(mutant: Mutant, before: ByHand) -> str | None:
    """What is wrong with what is said of a mistake: the line, the code; None where it is right, or
    where there is no mistake in the numbers."""
    recording = run(mutant.text, "code.py", {})
    if recording.stopped is not None:
        return None
    verdict = judge("code.py", mutant.text, recording, {})
    numbers = [[x.event.value for x in v.lines if x.event.node] for v in (before, verdict)]
    same = len(numbers[0]) == len(numbers[1]) and all(
        one.shape == other.shape and np.allclose(one, other)
        for one, other in zip(*numbers, strict=True)
    )
    if same:
        return None
    if not verdict.wrong:
        return "nothing is said"
    first = verdict.wrong[0]
    own = {x.event.name for x in before.lines if x.event.line == mutant.line}
    missing = mutant.text.splitlines()[mutant.line - 1].strip() == "pass"
    if first.event.line != mutant.line and not (missing and first.event.name in own):
        return f"line {first.event.line}"
    return None if first.code in mutant.codes else f"code {first.code}: {first.message}"


def every(path: Path) -> tuple[ByHand, Iterator[Mutant]]:
    text = path.read_text()
    verdict = judged(text)
    assigned = {
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign | ast.AugAssign)
    }
    lines = {
        line
        for line, written in verdict.by_line.items()
        if line in assigned
        and not any(x.event.name in SEED or not np.any(x.event.value) for x in written)
    }
    gradients = {line.event.name for line in verdict.lines}
    steps = set(verdict.reading.forward.names)
    return verdict, mutants(text, lines, gradients, steps)


@pytest.mark.parametrize("name", ["product_of_sum", "staged"])
def test_the_first_wrong_line_is_named_and_mostly_why(name: str) -> None:
    before, found = every(RIGHT[0].with_name(f"{name}.py"))
    own = [mutant for mutant in found if mutant.kind not in ("taken elsewhere", "other gradient")]
    said = {(mutant.kind, mutant.line): told(mutant, before) for mutant in own}
    assert len(said) > 8
    assert not {key: what for key, what in said.items() if what is not None}


@sweep("path", RIGHT, always=0, sample=2, ids=lambda path: path.stem)
def test_mistakes_of_all_kinds_are_named(path: Path) -> None:
    before, found = every(path)
    several = list(found)
    chosen = random.Random(1).sample(several, min(len(several), 60))
    said = [(m.kind, m.line, what) for m in chosen if (what := told(m, before)) is not None]
    assert not [one for one in said if not one[2].startswith("code")]
    assert len(said) <= 0.05 * len(chosen), said


STAGED = RIGHT[0].with_name("staged.py").read_text()


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("dxpy = (2", "dxpy = -(2", 25, "wrong-sign"),
        ("dx += (1) * dnum", "dx = (1) * dnum", 32, "overwrite"),
        ("((1 - sigy) * sigy) * dsigy", "((1 - y) * y) * dsigy", 35, "wrong-rule"),
        ("((1 - sigy) * sigy) * dsigy", "((1 - sigy) * sigy)", 35, "missing-upstream"),
        ("dx += ((1 - sigx) * sigx) * dsigx", "pass", 32, "missing-term"),
        ("(-1.0 / (den**2)) * dinvden", "(-1.0 / (den**2)) * dnum", 20, "wrong-rule"),
    ],
)
def test_a_mistake_in_the_lecture_s_own_code(old: str, new: str, line: int, code: str) -> None:
    first = judged(STAGED.replace(old, new)).wrong[0]
    assert (first.event.line, first.code) == (line, code)


def test_only_the_first_line_is_guilty_and_what_follows_is_inherited() -> None:
    verdict = judged(STAGED.replace("dxpy = (2", "dxpy = -(2"))
    assert [line.event.name for line in verdict.wrong] == ["dxpy"]
    assert {x.event.name for x in verdict.lines if x.status == "inherited"} == {"dx", "dy"}


@pytest.mark.parametrize(
    "name",
    ["d{}", "d_{}", "df_d{}", "dfd{}", "dL_d{}", "dloss_d{}", "grad_{}", "{}_grad", "d['{}']"],
)
def test_names_as_people_write_them(name: str) -> None:
    own = {step: name.format(step) for step in ("x", "y", "q")}
    text = f"d = {{}}\nx = 3\ny = -2\nq = x * y\nf = q * x\n{own['q']} = x\n{own['x']} = q\n"
    text += f"{own['x']} = {own['x']} + y * {own['q']}\n{own['y']} = x * {own['q']}\n"
    verdict = judged(text)
    assert {line.event.step for line in verdict.lines} == {"q", "x", "y"}
    assert not verdict.wrong


def test_a_local_derivative_is_no_gradient_of_the_output() -> None:
    verdict = judged("x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\n"
                     "dfdq = z\ndqdx = 1.0\ndfdx = dfdq * dqdx\n")  # fmt: skip
    assert list(verdict.reading.partials) == ["dqdx"]
    assert not verdict.wrong


def test_somebody_says_whose_gradient_a_name_holds() -> None:
    text = "x = 3.0\nh = x * x\nf = h * x\ngoo = x\ndx = h + 2 * x * goo\n"
    verdict = judged(text, goo="h")
    assert [line.event.step for line in verdict.lines] == ["h", "x"]
    comment = judged(text.replace("goo = x", "goo = x  # grad of h"))
    assert [line.event.step for line in comment.lines] == ["h", "x"]


RECURRENCE = """import math
xs = [0.5, -1.0, 2.0]
w = 0.7
h = 0.4
hs = [h]
for x in xs:
    z = w * h + x
    h = math.tanh(z)
    hs.append(h)
loss = h * h
up = 2 * h  # grad of h
dw = 0.0
for t in (2, 1, 0):
    up = (1 - hs[t + 1] ** 2) * up  # grad of z
    dw += hs[t] * up
    up = w * up  # grad of h
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("(1 - hs", "-(1 - hs", 14, "wrong-sign"),
        ("up = w * up", "up = up", 16, "wrong-scale"),
        ("hs[t] * up", "up", 15, "wrong-rule"),
    ],
)
def test_each_line_may_say_whose_gradient_it_writes(
    old: str, new: str, line: int, code: str
) -> None:
    assert not judged(RECURRENCE).wrong
    first = judged(RECURRENCE.replace(old, new)).wrong[0]
    assert (first.event.line, first.code) == (line, code)


def test_a_step_that_the_output_is_not_made_of_has_a_gradient_of_zero() -> None:
    text = "x = 3.0\nlow = 2 * x\nhigh = 5 * x\nf = low * low\ndlow = 2 * low\n"
    text += "dhigh = 0 * dlow\ndx = 2 * dlow\ndx += 5 * dhigh\n"
    assert not judged(text).wrong
    assert judged(text).right == 4
    assert [x.event.line for x in judged(text.replace("0 * dlow", "3 * dlow")).wrong][:1] == [6]


def test_a_wrong_line_that_a_zero_hides_from_all_others_is_told() -> None:
    forward = "x = 0.0\nh = x ** 2\nf = h * 3\ndf = 1.0\n"
    verdict = judged(f"{forward}dh = -3 * df\ndx = 2 * x * dh\n")
    assert [line.event.line for line in verdict.wrong] == [5]


def test_the_share_of_the_examples_may_be_put_in_with_the_inputs() -> None:
    verdict = judged(RIGHT[0].with_name("logistic_1_m.py").read_text())
    assert verdict.scale == pytest.approx(6)
    text = RIGHT[0].with_name("logistic_1_m.py").read_text()
    forgotten = judged(text.replace("dW1 = 1 / m * np", "dW1 = 1 * np"))
    assert [(x.event.name, x.code) for x in forgotten.wrong] == [("dW1", "wrong-scale")]


def test_a_line_that_is_blank_is_neither_right_nor_wrong() -> None:
    verdict = judged(STAGED.replace("dden = (-1.0 / (den**2)) * dinvden", "dden = ..."))
    assert not verdict.wrong
    assert verdict.right == 3  # dnum, dinvden, dsigy
    assert verdict.blanks == 9


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("x = 3.0\nf = x * x\n", 2, "no line of a backward pass"),
        ("import numpy as np\nx = np.ones(3)\nh = np.median(x)\nf = h * h\ndh = 2 * h\n", 3,
         "np.median is not known"),
        ("dx = 3.0\n", 1, "no line of a backward pass"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(CaseError) as raised:
        judged(text)
    assert f"code.py:{line}:" in str(raised.value)
    assert told in str(raised.value)


def test_what_has_no_path_to_the_output_has_a_gradient_of_zero() -> None:
    text = "x = 3.0\ny = 2.0\nf = x * x\ndx = 2 * x\ndy = 5.0\n"
    wrong = judged(text).wrong
    assert [(line.event.name, line.message) for line in wrong] == [
        ("dy", "y has no path to f: its gradient is zero")
    ]
    assert not judged(text.replace("5.0", "0.0")).wrong


def test_a_gradient_that_cannot_be_followed_is_told_and_not_passed_over() -> None:
    text = "import numpy as np\nx = np.array([1.0, 2])\ny = 2.0\nf = y * np.sum(x)\n"
    verdict = judged(f"{text}dy = np.sum(x)\ndx = {{5.0, 6.0}}\n")
    assert verdict.reading.unheard == {"dx": 6}


@pytest.mark.parametrize(("given", "wrong"), [("[2.0, 2.0]", []), ("[2.0, y * 2]", [6])])
def test_a_list_of_numbers_is_the_gradient_of_an_array(given: str, wrong: list[int]) -> None:
    text = "import numpy as np\nx = np.array([1.0, 2])\ny = 2.0\nf = y * np.sum(x)\n"
    verdict = judged(f"{text}dy = np.sum(x)\ndx = {given}\n")
    assert [line.event.line for line in verdict.wrong] == wrong


def test_a_list_of_gradients_beside_a_list_of_numbers_is_judged_item_by_item() -> None:
    text = "w = [2, -3]\nx = 3.0\nf = w[0] * x + w[1]\ndw = [x, 1.0]\n"
    assert not judged(text).wrong
    (wrong,) = judged(text.replace("[x, 1.0]", "[x, 2.0]")).wrong
    assert wrong.event.step == "w_2"


def test_each_call_of_a_function_has_names_of_its_own() -> None:
    text = """import numpy as np

def affine(x, w):
    return x @ w, (x, w)

def affine_back(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    return dx, dw

x = np.array([[1.0, -2.0]])
w1 = np.array([[2.0, 0.5], [1.0, 3.0]])
w2 = np.array([[-1.0], [4.0]])
h, first = affine(x, w1)
f, second = affine(h, w2)
dh, dw2 = affine_back(np.ones((1, 1)), second)
dx, dw1 = affine_back(dh, first)
"""
    assert not judged(text).wrong
    lines = {line.event.line for line in judged(text.replace("dout @ w.T", "dout @ -w.T")).wrong}
    assert lines == {8}


def test_a_penalty_may_be_added_below_the_first_gradients() -> None:
    text = "x = 3.0\nw = 2.0\nloss = (w * x) ** 2\ndw = 2 * w * x * x\n"
    text += "total = loss + 0.5 * w * w\ndw += w\n"
    assert not judged(text).wrong
    assert [line.event.line for line in judged(text.replace("dw += w", "dw += x")).wrong] == [6]


def test_an_upstream_gradient_may_be_given_above_the_forward_pass() -> None:
    text = "import numpy as np\nx = np.array([1.0, 2])\ndout = np.array([3.0, -1])\n"
    assert not judged(f"{text}out = x * x\ndx = 2 * x * dout\n").wrong


def test_a_number_that_a_condition_chooses_is_a_gradient() -> None:
    text = "x = 3.0\nf = max(x, 0)\ndx = {} if x > 0 else 0\n"
    assert not judged(text.format(1)).wrong
    assert [line.event.name for line in judged(text.format(2)).wrong] == ["dx"]


def test_functions_of_layers_may_give_their_parameters_the_same_names() -> None:
    text = (
        "import numpy as np\nX = np.array([[1.0, -2], [0.5, 3]])\n"
        "W1 = np.array([[1.0, 2], [3, -1]])\n"
        "W2 = np.array([[2.0], [-1]])\n"
        "def layer(x, w):\n    return x @ w, (x, w)\n"
        "def back(dout, cache):\n    x, w = cache\n    dx = dout @ w.T\n    dw = x.T @ dout\n"
        "    return dx, dw\n"
        "h, one = layer(X, W1)\nout, two = layer(h, W2)\nloss = np.sum(out * out)\n"
        "dout = 2 * out\ndh, dW2 = back(dout, two)\ndX, dW1 = back(dh, one)\n"
    )
    assert not judged(text).wrong
    assert judged(text.replace("x.T @ dout", "-x.T @ dout")).wrong[0].event.line == 10


def test_an_error_signal_is_that_before_the_activation_where_the_other_has_its_own() -> None:
    text = (
        "import math\nx = 0.5\nw = 2.0\nl1 = 1 / (1 + math.exp(-x * w))\nloss = l1 * l1\n"
        "dl1 = 2 * l1\nl1_delta = dl1 * l1 * (1 - l1)\ndw = x * l1_delta\n"
    )
    assert not judged(text).wrong
    assert 8 in [x.event.line for x in judged(text.replace("x * l1_d", "2 * l1_d")).wrong]


@pytest.mark.parametrize(("number", "code"), [("-1.0", "wrong-sign"), ("2.0", "wrong-rule")])
def test_a_local_derivative_that_is_wrong_is_told_at_its_line(number: str, code: str) -> None:
    text = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\ndfdq = z\n"
    verdict = judged(f"{text}dqdx = {number}\ndfdx = dfdq * dqdx\n")
    assert [(x.event.name, x.event.line, x.code) for x in verdict.wrong] == [("dqdx", 7, code)]


def test_a_notebook_is_one_text_and_its_lines_are_those_of_its_cells() -> None:
    cells = ["%matplotlib inline\nx = 3.0\nh = x * x\nf = h * x", "dh = x\ndx = h - 2 * x * dh"]
    content = json.dumps({"cells": [{"cell_type": "code", "source": one} for one in cells]})
    text = joined(content.encode())
    assert is_staged(text)
    (wrong,) = judged(text).wrong
    assert place("a.ipynb", text, wrong.event.line) == "a.ipynb cell 2, line 2"


def test_the_lines_as_written_are_part_of_a_result() -> None:
    verdict = judged("x = 3.0\nh = x * x\nf = h * x\ndh = -x\ndx = h + 2 * x * dh\n")
    rows = as_json(verdict)["cases"][0]["written"]
    told = [(row["direction"], row["line"], row["name"], row["status"]) for row in rows]
    assert told == [
        ("forward", 2, "h", "agrees"),
        ("forward", 3, "f", "agrees"),
        ("backward", 4, "h", "guilty"),
        ("backward", 5, "x", "inherited"),
    ]


def test_marks_are_for_lines_or_for_what_they_were_given_or_for_the_inputs() -> None:
    text = "x = 3.0\nw = 2.0\nh = x * w\nf = h * h\ndh = {}\ndx = w * dh\ndw = {}\n"
    wrong = judged(text.format("-2 * h", "x * dh"))
    shares = [wrong.share(marking) for marking in ("cases", "carried-forward", "inputs")]
    assert shares == [0, pytest.approx(2 / 3), 0]
    half = judged(text.format("2 * h", "-x * dh"))
    shares = [half.share(marking) for marking in ("cases", "carried-forward", "inputs")]
    assert shares == [pytest.approx(2 / 3), pytest.approx(2 / 3), 0.5]


ARRAYS = "import numpy as np\nx = np.array([0.0, 1.0, -1.0])\ny = np.array([2.0, -3.0, 1.0])\n"
RELU = f"{ARRAYS}h = np.maximum(x, 0)\nf = np.sum(h * y)\ndh = y\ndx = dh * {{}}\ndy = h\n"
TIE = "x = 2.0\ny = 2.0\nm = max(x, y)\nf = m * 3.0\ndm = 3.0\ndx = {} * dm\ndy = {} * dm\n"
SHARED = "import numpy as np\nx = np.array([2.0, 2.0, 1.0])\nm = np.max(x)\nf = m * 3.0\n"
SHARED += "dm = 3.0\ndx = np.array({}) * dm\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (RELU.format("(x > 0)"), []),
        (RELU.format("(x >= 0)"), []),
        (RELU.format("(x <= 0)"), [7]),
        (TIE.format(0.5, 0.5), []),
        (TIE.format(1, 0), []),
        (TIE.format(1, 1), [7]),
        (TIE.format(2, -1), [6]),
        (SHARED.format("[1.0, 0, 0]"), []),
        (SHARED.format("[1.0, 1, 0]"), [6]),
    ],
)
def test_at_a_tie_every_subgradient_is_right(text: str, wrong: list[int]) -> None:
    assert [line.event.line for line in judged(text).wrong][:1] == wrong


def test_nothing_goes_through_what_is_detached() -> None:
    text = "x = 3.0\nh = x * x\nheld = h  # detached\nf = h * held\ndh = held\ndx = 2 * x * dh\n"
    assert not judged(text).wrong
    assert judged(text.replace("  # detached", "")).wrong
    torch = "import torch\nx = torch.tensor(3.0)\nh = x * x\nf = h * h.detach()\n"
    assert not judged(f"{torch}dh = h\ndx = 2 * x * dh\n").wrong


BRANCHES = """x = 3.0
low = x * 0.5
g = low if low > 0 else 0.0
h = low if low < 9 else 0.0
f = g * 3 + h
df = 1.0
dg = 3 * df
dh = 1 * df
dlow = dg
dlow += dh
dx = 0.5 * dlow
"""


@pytest.mark.parametrize("line", ["dg = -3 * df", "dh = -1 * df", "dlow = -dg", "dx = 2 * dlow"])
def test_a_branch_that_hands_a_name_on_is_a_gate(line: str) -> None:
    assert not judged(BRANCHES).wrong
    rows = BRANCHES.splitlines()
    at = next(n for n, row in enumerate(rows) if row.startswith(line.split(" ")[0] + " ="))
    rows[at] = line
    assert judged("\n".join(rows)).wrong[0].event.line == at + 1


def test_of_two_terms_that_are_opposite_the_wrong_one_is_told() -> None:
    text = "x = 1.9\ny = 0.7\nt = x - x\nf = t * y + x * y\ndt = y\ndx = y\ndx += dt\ndx += -dt\n"
    assert not judged(text).wrong
    for number, line in ((7, "dx += -dt"), (8, "dx += dt")):
        rows = text.splitlines()
        rows[number - 1] = line
        assert judged("\n".join(rows)).wrong[0].event.line == number


def test_a_mask_in_the_place_of_a_gradient_is_told() -> None:
    text = "import numpy as np\nx = np.array([1.0, 2.0])\nc = np.array([1.5, 1.5])\n"
    text += "f = np.sum(np.maximum(x, c) * x)\ndm = x\ndx = (x > c) * dm\ndx += np.maximum(x, c)\n"
    assert not judged(text).wrong
    first = judged(text.replace("(x > c) * dm", "(x > c)")).wrong[0]
    assert (first.event.line, first.code) == (6, "missing-upstream")
