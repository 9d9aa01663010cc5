"""What a case may cost is bounded before anything is computed, and what is allowed stays cheap."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.language.case import Case, CaseError, decode
from harness.language.leaves import MAX_TOTAL
from harness.vocabulary.cost import MAX_COST, ON_THE_WAY, cost
from harness.vocabulary.local import Local
from harness.vocabulary.shapes import MAX_ELEMENTS
from harness.vocabulary.signatures import OPERATIONS

SECONDS, BYTES = 3.0, 128 << 20
"""What it may take to read a case, whatever it says."""
BYTES_A_NUMBER, SPARE_BYTES = 80, 8 << 20
"""What an engine may take for each number of a case's cost: ten floats; and in any case."""


def leaf(*shape: int) -> str:
    return f"{{uniform: [-1, 1], shape: {list(shape)}, seed: 1}}"


def read(text: str) -> Case:
    return decode(f"about: x\n{text}", Path("case.yaml"), "case.yaml")


MANY = "".join(f"  x{i}: {leaf(100_000)}\n" for i in range(12))
BIG = {
    "generators": (f"inputs:\n{MANY}expr: x0 + x1\n", "13:34: at most 1,000,000 elements"),
    "constants": (
        f"inputs: {{x: 1}}\nconstants:\n{MANY}expr: x + x1\n",
        "14:34: at most 1,000,000 elements are generated in a case",
    ),
    "a kernel of 758": (
        f"inputs: {{x: {leaf(1, 1, 1, 1)}}}\nsteps:\n"
        '  p: "pad(x, pad=(0, 1000, 0, 1000))"\n'
        '  f: "sum(max_pool2d(p, kernel_size=758, stride=1))"\n',
        "5:11: 'max_pool2d(p, kernel_size=758, stride=1)': it takes 34,",
    ),
    "a convolution": (
        f"inputs: {{x: {leaf(1, 1, 300, 300)}, w: {leaf(1, 1, 150, 150)}}}\nexpr: conv2d(x, w)\n",
        "3:7: 'f': it takes 513,",
    ),
    "a border": (
        f"inputs: {{x: {leaf(1, 1, 3, 3)}, w: {leaf(1, 1, 3, 3)}}}\n"
        'expr: "conv2d(x, w, stride=99999, padding=99999)"\n',
        "3:8: 'f': it takes 40,",
    ),
    "an einsum": (
        f"inputs: {{x: {leaf(200, 200)}}}\n"
        "expr: \"einsum(x, x, x, x, equation='ab,cd,ef,gh->')\"\n",
        "3:8: 'f': it takes 2,560,000,000,000,160,001 numbers and products, more than 20,000,000",
    ),
    "matrices": (
        f"inputs: {{x: {leaf(300, 300)}, y: {leaf(300, 300)}}}\nexpr: x @ y\n",
        "3:7: 'f': it takes 27,",
    ),
    "running products": (
        f"inputs: {{x: {leaf(100_000)}}}\nexpr: 'prod(cumprod(x, axis=0))'\n",
        "3:13: 'cumprod(x, axis=0)': it takes 10,",
    ),
    "uses": (
        f"inputs: {{x: {leaf(100_000)}}}\n"
        "steps:\n  z: {start: sum(x), repeat: 20000, next: z + sum(x)}\n",
        "4:47: 'sum(x) #199': it takes 100,001 numbers and products, and with the steps b",
    ),
    "elements": (
        f"inputs: {{x: {leaf(1, 2000)}, y: {leaf(2000, 1)}}}\nexpr: sum(x * y)\n",
        "3:11: 'x * y': shape (2000, 2000) has more than 2,000,000 elements",
    ),
    "steps": ("inputs: {x: 1}\nsteps:\n  z: {start: x, repeat: 20000, next: z * x + x - z}\n", ""),
}


@pytest.mark.parametrize("name", BIG)
def test_a_case_that_would_cost_too_much_is_told_before_it_costs_anything(name: str) -> None:
    text, told = BIG[name]
    tracemalloc.start()
    begin = time.process_time()
    with pytest.raises(CaseError) as caught:
        read(text)
    seconds, most = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(caught.value).startswith(f"case.yaml:{told}")
    assert seconds < SECONDS * 3  # it is being traced
    assert most < BYTES


LARGE = {
    "max_pool2d": f"inputs: {{x: {leaf(1, 1, 190, 190)}}}\n"
    "expr: 'sum(max_pool2d(x, kernel_size=22, stride=1))'\n",
    "avg_pool2d": f"inputs: {{x: {leaf(1, 1, 100, 100)}}}\n"
    "expr: 'sum(avg_pool2d(x, kernel_size=70, stride=1))'\n",
    "conv2d": f"inputs: {{x: {leaf(1, 1, 130, 130)}, w: {leaf(1, 1, 40, 40)}}}\n"
    "expr: conv2d(x, w)\n",
    "conv1d": f"inputs: {{x: {leaf(1, 1, 8_000)}, w: {leaf(1, 1, 2_000)}}}\n"
    "expr: sum(conv1d(x, w))\n",
    "conv_transpose2d": f"inputs: {{x: {leaf(1, 1, 100, 100)}, w: {leaf(1, 1, 40, 40)}}}\n"
    "expr: sum(conv_transpose2d(x, w))\n",
    "sort": f"inputs: {{x: {leaf(90_000)}}}\nexpr: sum(sort(x))\n",
    "einsum": f"inputs: {{x: {leaf(60, 60)}}}\n"
    "expr: \"sum(einsum(x, x, x, equation='ij,jk,kl->il'))\"\n",
    "matmul": f"inputs: {{x: {leaf(250, 250)}, y: {leaf(250, 250)}}}\nexpr: sum(x @ y)\n",
    "prod": f"inputs: {{x: {leaf(4000)}}}\nexpr: prod(x)\n",
    "cumsum": f"inputs: {{x: {leaf(4000)}}}\nexpr: 'sum(cumsum(x, axis=0))'\n",
    "cumprod": f"inputs: {{x: {leaf(4000)}}}\nexpr: 'sum(cumprod(x, axis=0))'\n",
    "cross_entropy": f"inputs: {{x: {leaf(2, 50_000)}}}\nconstants: {{l: [1, 2]}}\n"
    "expr: 'cross_entropy(x, l)'\n",
    "index": f"inputs: {{x: {leaf(2, 9_000)}}}\nexpr: 'sum(x[{[0, 1] * 100}])'\n",
    "layer_norm": f"inputs: {{x: {leaf(100, 1_000)}, w: {leaf(1_000)}, b: {leaf(1_000)}}}\n"
    "expr: 'sum(layer_norm(x, w, b))'\n",
}


def test_what_operations_have_on_the_way_is_tried_at_its_largest() -> None:
    assert set(ON_THE_WAY) <= set(LARGE) <= set(OPERATIONS)


@pytest.mark.parametrize("name", LARGE)
def test_what_is_allowed_is_computed_in_bounded_time_and_memory(name: str) -> None:
    """By the formulas and by the model engine: the cost is none if they need more."""
    program = read(LARGE[name]).program
    total = 0
    for step in program.steps:
        given = {k: p.default for k, p in step.operation.parameters.items()}
        shapes = [program.shapes[operand] for operand in step.parents]
        total += cost(step.op, shapes, {**given, **step.parameters}, program.shapes[step.name])
    tracemalloc.start()
    begin = time.process_time()
    trace = load("minigrad").run(program)
    _by_formulas(program.steps[0].name, read(LARGE[name]), trace)
    seconds, most = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert trace.failure is None
    assert most < BYTES_A_NUMBER * total + SPARE_BYTES
    assert seconds < 30


def _by_formulas(name: str, case: Case, trace: Trace) -> None:
    step = next(one for one in case.program.steps if one.name == name)
    local = Local(case.program, step, trace.values, trace.gradients[name])
    local.value()
    for position, operand in enumerate(step.parents):
        if operand in case.program.inputs:
            local.contribution(position)


SIZES = st.sampled_from([0, 1, 2, 3, 50, 316, 99_999, 10**6, 2**31, 2**63 - 1, 10**30])
SHAPES = st.lists(SIZES, max_size=5)
LITERALS = st.one_of(
    SIZES.map(str),
    SHAPES.map(lambda sizes: f"({', '.join(map(str, sizes))},)"),
    st.sampled_from(["None", "-1", "True", "'ij,jk->ik'", "'ab,cd->'", "1e300", "'ii->i'"]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A case of any operations and any sizes, right or wrong."""
    text = "about: x\ninputs:\n"
    for name in "xyz":
        text += f"  {name}: {{uniform: [0, 1], shape: {draw(SHAPES)}, seed: 1}}\n"
    text += "steps:\n"
    known = ["x", "y", "z"]
    for number in range(draw(st.integers(1, 4))):
        op = draw(st.sampled_from(sorted(OPERATIONS)))
        operation = OPERATIONS[op]
        operands = [draw(st.sampled_from(known)) for _ in operation.operands]
        given = [f"{key}={draw(LITERALS)}" for key in operation.parameters]
        name = f"s{number}"
        turns = draw(st.sampled_from([0, 0, 3, 20_000]))
        line = f"{op}({', '.join([*operands, *given])})".replace('"', "'")
        text += (
            f'  {name}: {{start: x, repeat: {turns}, next: "{line}"}}\n'
            if turns
            else f'  {name}: "{line}"\n'
        )
        known.append(name)
    return text


@settings(deadline=None)
@given(texts())
def test_a_case_of_any_sizes_is_answered_in_bounded_time(text: str) -> None:
    begin = time.process_time()
    try:
        program = decode(text, Path("case.yaml")).program
    except CaseError as error:
        assert all(problem.line and problem.column for problem in error.problems)
    else:
        leaves = sum(np.size(value) for value in program.inputs.values())
        assert leaves <= MAX_TOTAL
        held = sum(int(np.prod(program.shapes[step.name])) for step in program.steps)
        assert held <= min(MAX_ELEMENTS, MAX_COST)
    assert time.process_time() - begin < SECONDS
