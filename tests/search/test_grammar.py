"""Programs that are drawn: well-formed, of all kinds, and right in minigrad."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from small import judged
from sweeps import LONG

from harness.engines.loading import load
from harness.engines.trace import Undefined
from harness.language.case import decode
from harness.language.writing import case_text
from harness.search.conditioning import is_ill_conditioned
from harness.search.grammar import Menu, Sketch, programs, single
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import GATES, OPERATIONS

MINIGRAD = load("minigrad")
REPEATABLE = settings(
    max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("order", [1, pytest.param(2, marks=LONG)])
def test_minigrad_agrees_with_torch_on_random_programs(order: int) -> None:
    @REPEATABLE
    @given(programs(Menu(order=order)))
    def holds(program: Program) -> None:
        try:
            verdict = judged(MINIGRAD, program)
        except Undefined:
            return
        if not verdict.passed:
            assert is_ill_conditioned(verdict), case_text("minigrad has this wrong", program)

    holds()


def plain(value: object) -> object:
    """Something that compares by its numbers' bits, dtype and shape."""
    if isinstance(value, np.ndarray | float):
        array = np.asarray(value)
        return type(value).__name__, array.dtype.str, array.shape, array.tobytes()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


@REPEATABLE
@given(programs())
def test_any_program_survives_to_yaml_and_back(program: Program) -> None:
    again = decode(case_text("a program", program), Path("a.yaml")).program
    for field in filter(lambda field: field.compare, fields(Program)):
        one, other = getattr(program, field.name), getattr(again, field.name)
        assert plain(one) == plain(other), field.name


def drawn(seed: int, menu: Menu) -> Program | None:
    """A program of ten steps or fewer."""
    random = Random(seed)
    sketch = Sketch(random, menu)
    for _ in range(10):
        sketch.step(random.choice(sketch.ops))
    return sketch.program()


def test_every_operation_and_comparison_is_drawn() -> None:
    some = [drawn(seed, Menu()) for seed in range(300)]
    ops = Counter(step.op for program in some if program for step in program.steps)
    assert set(ops) == set(GATES)


def test_nearly_every_draw_is_a_program_and_most_steps_take_part() -> None:
    some = [drawn(seed, Menu()) for seed in range(100)]
    sizes = [len(program.steps) for program in some if program]
    assert len(sizes) >= 95
    assert np.mean(sizes) >= 3


@pytest.mark.parametrize("op", [op for op in OPERATIONS if OPERATIONS[op].differentiable])
def test_a_menu_of_one_operation_gives_programs_of_it(op: str) -> None:
    some = [drawn(seed, Menu((), (op,))) for seed in range(10)]
    ops = {step.op for program in some if program for step in program.steps}
    assert op in ops
    assert all(other == op or GATES[other].compares for other in ops)


def test_what_is_detached_is_a_factor_of_a_leaf_so_that_there_is_a_gradient() -> None:
    for menu in (Menu(("detach",), ()), Menu((), ("detach",))):
        program = next(filter(None, (single(Random(seed), menu) for seed in range(9))))
        assert [step.op for step in program.steps] == ["detach", "mul"]
        assert program.steps[0].name in program.steps[1].parents


def test_where_there_are_no_arrays_all_is_plain_numbers() -> None:
    some = [drawn(seed, Menu(arrays=())) for seed in range(100)]
    assert all(program.scalar for program in some if program)
