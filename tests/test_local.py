"""The vocabulary's own texts beside torch: every step of every case, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest
from truths import suite

from harness.engines import by_formula, reference
from harness.engines.trace import Trace
from harness.judging.comparing import numbers, tolerances
from harness.vocabulary import local
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Program, Step
from harness.vocabulary.signatures import COMPARISONS, OPERATIONS
from harness.vocabulary.variants import formula_of, formulas_of


def alone(program: Program, step: Step, truth: Trace) -> Program:
    """A program of this step only: its operands are inputs, each use an input of its own."""
    operands: list[str | int | float] = []
    inputs, constants = {}, dict(program.constants)
    for position, item in enumerate(step.operands):
        if isinstance(item, str) and item in program.differentiable:
            operands.append(f"x{position}")
            inputs[f"x{position}"] = np.asarray(truth.values[item])
        else:
            operands.append(item)
            if isinstance(item, str) and item in truth.values:
                constants[item] = np.asarray(truth.values[item])
    shapes = {name: array.shape for name, array in inputs.items()}
    shapes[step.name] = program.shapes[step.name]
    return Program(
        inputs,
        constants,
        (Step(step.name, step.op, tuple(operands), step.parameters),),
        shapes,
        truth.gradients[step.name],
        program.dtype,
    )


@pytest.mark.parametrize("op", [*OPERATIONS, *COMPARISONS])
def test_code_and_derivative_give_what_torch_gives(op: str) -> None:
    count = 0
    for case, truth in suite():
        program = case.program
        rtol, atol = (1e-9, 1e-11) if program.dtype == "float64" else (1e-5, 1e-5)
        steps = [step for step in program.steps if step.op == op]
        for step in steps[:20]:
            count += 1
            value = local.value(program, step, truth.values)
            np.testing.assert_allclose(value, truth.values[step.name], rtol, atol)
            if op in COMPARISONS or step.name not in program.differentiable:
                continue
            torch = reference.evaluate(alone(program, step, truth))
            upstream = truth.gradients[step.name]
            found = local.contributions(program, step, truth.values, upstream)
            for position, item in enumerate(step.operands):
                number = found[position]
                if isinstance(item, str) and item in program.differentiable:
                    assert number is not None
                    assert number.dtype == program.dtype
                    expected = torch.gradients[f"x{position}"]
                    np.testing.assert_allclose(number, expected, rtol, atol, err_msg=str(case.path))
                else:
                    assert number is None
    assert count or op in COMPARISONS


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_slip_can_be_computed_and_differs_somewhere(op: str) -> None:
    operation = OPERATIONS[op]
    differing = {
        (operand, slip)
        for formula in formulas_of(op)
        for operand, slips in formula.slips.items()
        for slip in slips
    }
    for case, truth in suite():
        program = case.program
        for step in program.steps[:50]:
            if step.op != op or step.name not in program.differentiable:
                continue
            here = Local(program, step, truth.values, truth.gradients[step.name])
            for position, item in enumerate(step.operands):
                if not (isinstance(item, str) and item in program.differentiable):
                    continue
                right = here.contribution(position)
                for slip in here.formula.slips[operation.operand(position)]:
                    try:
                        wrong = here.answer(slip.text, position)
                    except Unanswerable:
                        continue
                    if wrong.shape != right.shape or not np.allclose(wrong, right, equal_nan=True):
                        differing.discard((operation.operand(position), slip))
        if not differing:
            return
    assert not differing


def test_kinks_leave_a_choice_that_holds_the_right_answer() -> None:
    seen = set()
    for case, truth in suite():
        program = case.program
        for step in program.steps[:50]:
            if step.name not in program.differentiable or not formula_of(step).kinks:
                continue
            here = Choices(program, step, truth.values, truth.gradients[step.name])
            given = {}
            for position, item in enumerate(step.operands):
                if isinstance(item, str) and item in program.differentiable:
                    choice = here.of_contribution(position)
                    right = given[position] = here.contribution(position)
                    if choice is not None and choice.code:
                        seen.add(id(here.formula))
                        there = np.isfinite(right)
                        assert (choice.least <= right + 1e-9)[there].all()
                        assert (right <= choice.greatest + 1e-9)[there].all()
            assert here.is_whole(given, 1e-6, 1e-9)
    every = (one for op in OPERATIONS for one in formulas_of(op))
    assert seen == {id(one) for one in every if any(kink.code for kink in one.kinks.values())}


def test_numbers_that_do_not_fit_have_no_answer() -> None:
    case, truth = next(pair for pair in suite() if pair[0].path.stem == "product_of_sum")
    step = case.program.steps[-1]
    with pytest.raises(Unanswerable):
        local.contributions(case.program, step, truth.values, np.zeros((2, 2)))
    with pytest.raises(Unanswerable):
        local.value(case.program, step, {})


def test_whole_programs_by_the_formulas_are_what_torch_gives() -> None:
    """So that they can stand in for torch where it is not installed, provisionally."""
    for case, truth in suite():
        found = by_formula.evaluate(case.program)
        for direction, expected in (("forward", truth.values), ("backward", truth.gradients)):
            rtol, atol = tolerances(case, truth, direction)
            got = numbers(found, direction)
            assert got.keys() >= expected.keys()
            for name, array in expected.items():
                np.testing.assert_allclose(got[name], array, rtol, atol, err_msg=case.id)
