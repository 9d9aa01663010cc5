"""Who is right: an engine's trace beside the reference's, step by step.

A step that disagrees with torch is *guilty* if it also disagrees with the local answer (what torch
makes of the operands and upstream gradients that the engine itself computed), and *inherited* if
it is locally right: an earlier error passed through it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from harness.engines import by_formula
from harness.engines.trace import Breach, Failure, Trace
from harness.judging import conventions, rounding
from harness.judging.comparing import close, quiet, tolerances, worst
from harness.judging.dtypes import same_dtype, widened
from harness.judging.mistakes import Contribution
from harness.judging.unjudged import note as unjudged
from harness.judging.verdict import (
    AGREES,
    CONVENTION,
    GUILTY,
    INHERITED,
    MISSING,
    Direction,
    Judgement,
    Verdict,
)
from harness.language.case import Case
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Step


@quiet
def judge(case: Case, truth: Trace, trace: Trace) -> Verdict:
    """Every value and every gradient of ``trace`` beside the truth, which is that by another seed
    where the engine was begun with one. Where the truth is not ``typed``, the numbers count,
    whatever their dtype is."""
    trace = trace if truth.typed else lifted(trace)
    if trace.seed is not None:
        case, truth, trace = _by_seed(case, truth, trace)
    forward = _forward(case, truth, trace)
    openly = {item.name for item in forward.judgements if item.status == CONVENTION}
    backward = _backward(case, truth, trace, openly)
    if case.program.dtype == "float32":
        forward, backward = _without_rounding(forward, backward)
    return Verdict(case, truth, trace, forward, backward, _second(case, truth, trace))


def lifted(trace: Trace) -> Trace:
    """The trace with all numbers as float64, and no claim to a dtype."""
    values, gradients, second = (
        {name: a.astype(np.float64) if a.dtype.kind == "f" else a for name, a in numbers.items()}
        for numbers in (trace.values, trace.gradients, trace.second)
    )
    return replace(trace, values=values, gradients=gradients, second=second, typed=False)


def _without_rounding(*passes: Direction) -> tuple[Direction, ...]:
    """The passes, up to the first that is wrong, without what is off by rounding alone: where every
    step is right by what it was made from, each has only passed on what has gathered before it."""
    found = []
    right = True
    for judged in passes:
        states = {item.status for item in judged.judgements}
        right = right and not states & {GUILTY, MISSING} and not (judged.failure or judged.breach)
        if right and INHERITED in states:
            agreeing = (
                replace(item, status=AGREES) if item.status == INHERITED else item
                for item in judged.judgements
            )
            judged = replace(judged, judgements=tuple(agreeing))
        found.append(judged)
    return tuple(found)


def _by_seed(case: Case, truth: Trace, trace: Trace) -> tuple[Case, Trace, Trace]:
    """All three by the seed that the engine was begun with; the truth by the vocabulary's formulas,
    which know no second order."""
    lack = "seed but ones"
    program = replace(case.program, seed=np.asarray(trace.seed)[()])
    try:
        gradients = by_formula.evaluate(program).gradients
    except Unanswerable:
        return case, truth, replace(trace, unsupported=lack)
    trace = replace(trace, lacks_second=trace.lacks_second or lack)
    return replace(case, program=program), replace(truth, gradients=gradients), trace


def _judgement(
    name: str,
    status: str,
    expected: Array,
    got: Array,
    rtol: float,
    atol: float,
    shown: bool,
) -> Judgement:
    if status == AGREES or got.shape != expected.shape:
        return Judgement(name, status, expected, got, shown=shown)
    numbers = got.astype(np.float64), expected.astype(np.float64)
    return Judgement(name, status, expected, got, *worst(*numbers, rtol, atol), shown)


# -- forward ---------------------------------------------------------------------------------------


def _forward(case: Case, truth: Trace, trace: Trace) -> Direction:
    program = case.program
    note = unjudged(program, truth, trace, "forward")
    if note is not None:
        return Direction((), None, note)
    rtol, atol = tolerances(case, truth, "forward")
    steps = program.by_name
    found: list[Judgement] = []
    openly: set[str] = set()
    for name, expected in truth.values.items():
        got = trace.values.get(name)
        if got is None:
            if trace.failure is None or trace.failure.direction != "forward":
                found.append(Judgement(name, MISSING, expected, None))
            continue
        status, shown, choice = AGREES, True, None
        step = steps.get(name)
        if not same_dtype(program, trace, got) or not close(got, expected, rtol, atol):
            status = GUILTY
            if same_dtype(program, trace, got) is False:
                parents = () if step is None else step.parents
                if not all(
                    same_dtype(program, trace, trace.values.get(parent, got))
                    for parent in parents
                    if parent in truth.values
                ):
                    status = INHERITED
            elif step is not None:
                status, shown = _inherits(partial(_is_local, program, step, trace, got, rtol, atol))
                if status == GUILTY:
                    choice = conventions.chosen_value(program, step, truth, trace, openly)
                    status = status if choice is None else CONVENTION
                elif any(parent in openly for parent in step.parents):
                    status = CONVENTION
        if status == CONVENTION:
            openly.add(name)
        item = _judgement(name, status, expected, got, rtol, atol, shown)
        found.append(replace(item, choice=choice))
    failure = trace.failure if trace.failure and trace.failure.direction == "forward" else None
    return Direction(tuple(found), failure, breach=_breach(trace, "forward"))


def _breach(trace: Trace, direction: str) -> Breach | None:
    return trace.breach if trace.breach and trace.breach.direction == direction else None


def _inherits(is_local: Callable[[], bool]) -> tuple[str, bool]:
    """Whether a wrong step is guilty or inherited, and whether that was shown: where operands are
    missing, or of wrong shapes, it is not."""
    try:
        return (INHERITED if is_local() else GUILTY), True
    except Unanswerable:
        return INHERITED, False


def _is_local(
    program: Program, step: Step, trace: Trace, got: Array, rtol: float, atol: float
) -> bool:
    """Whether the step is right, given the operands that the engine has. Raises
    :class:`Unanswerable`."""
    if step.operation.compares:
        return True
    right = local.value(program, step, trace.values)
    if close(got, right, rtol, atol):
        return True
    size = partial(rounding.of_value, program, step, trace.values)
    return _is_rounding(program, got, right, rtol, atol, [size])


def _is_rounding(
    program: Program,
    got: Array,
    right: Array,
    rtol: float,
    atol: float,
    parts: Sequence[Callable[[int], Array]],
) -> bool:
    """Whether a number of float32 is wrong by no more than comes of rounding what it is made of."""
    if program.dtype != "float32" or got.shape != right.shape:
        return False
    with np.errstate(all="ignore"):
        same = (got == right) | (np.isnan(got) & np.isnan(right))
        return rounding.explains(np.where(same, 0.0, np.abs(got - right)), rtol, atol, parts)


# -- backward --------------------------------------------------------------------------------------


def _backward(case: Case, truth: Trace, trace: Trace, openly: Collection[str]) -> Direction:
    """``openly``: the names of values by a convention, which gradients may follow from."""
    program = case.program
    if not program.order:
        return Direction(())
    note = unjudged(program, truth, trace, "backward")
    if note is not None:
        return Direction((), None, note)
    failure = trace.failure
    if failure is not None and failure.direction == "second":
        failure = None
    if failure is not None and failure.direction == "forward":
        return Direction((), failure)
    if failure is not None and failure.step is None:
        return Direction(tuple(_halfway(program, truth, trace, failure)), failure)
    rtol, atol = tolerances(case, truth, "backward")
    found: list[Judgement] = []
    output = truth.gradients[program.output]
    own = program.dtype == "float32" or any(
        name in trace.values and not close(trace.values[name], value, rtol, atol)
        for name, value in truth.values.items()
    )
    doubled = program.backward_calls == 2 and close(
        trace.gradients.get(program.output, output), 2.0 * output, rtol, atol
    )
    chain = _chain(program, trace)
    choices = (
        None if chain is None else conventions.Gradients(program, truth, chain, openly, rtol, atol)
    )
    # What no step between shows has been rounded twice at each: as a product, and in a sum.
    unseen = 2 * rounding.ROUNDING * len(program.steps) if trace.leaves_only else 0.0
    for name in _order(program):
        if name not in program.inputs and chain is not trace and trace.leaves_only:
            continue
        expected, got = truth.gradients[name], trace.gradients.get(name)
        if got is None:
            if name in program.reaching and failure is None and name not in trace.same:
                status = MISSING if _has_upstream(program, name, trace) else INHERITED
                found.append(Judgement(name, status, expected, None))
            continue
        # After a second backward: g where the engine starts anew, 2g where it adds up, and leaves
        # may add up alone.
        factors = [2.0] if doubled else [1.0]
        if program.backward_calls == 2 and name in program.inputs and not doubled:
            factors = [1.0, 2.0]
        status, shown, choice = AGREES, True, None
        if not any(close(got, factor * expected, rtol, factor * atol) for factor in factors):
            status = GUILTY
            if chain is not None:
                ways = [got / (factor / factors[0]) for factor in factors]
                made = partial(_is_made, program, name, chain, ways, own, rtol + unseen, atol)
                status, shown = _inherits(made)
                if status == GUILTY and choices is not None:
                    choice = choices.chosen(name, ways)
                    status = status if choice is None else CONVENTION
                elif choices is not None:
                    choices.inherits(name)
        elif not (same_dtype(program, trace, got) or got.dtype == trace.values[name].dtype):
            status = widened(program, trace, name, {item.name: item.status for item in found})
        item = _judgement(name, status, expected, got, rtol, atol, shown)
        found.append(replace(item, choice=choice))
    if choices is not None:
        found = choices.reviewed(found)
    if trace.leaves_only:
        found = [item for item in found if item.name in program.inputs]
    return Direction(tuple(found), failure, breach=_breach(trace, "backward"))


def _chain(program: Program, trace: Trace) -> Trace | None:
    """The trace with gradients at all steps, that others are made of. Of an engine that keeps none
    there, what its values would give shows what is but rounding; more cannot be known, unless the
    engine was asked for its conventions (see ``examination.py``)."""
    if not trace.leaves_only or program.reaching <= trace.gradients.keys():
        return trace
    if program.dtype != "float32":
        return None
    try:
        return replace(trace, gradients=local.backpropagated(program, trace.values))
    except Unanswerable:
        return None


def _has_upstream(program: Program, name: str, trace: Trace) -> bool:
    """Whether some use of ``name`` has a gradient to pass on, or there is none to have one."""
    steps = [step.name for step, _ in program.uses.get(name, ()) if step.name in program.reaching]
    return not steps or trace.leaves_only or any(step in trace.gradients for step in steps)


def _halfway(program: Program, truth: Trace, trace: Trace, failure: Failure) -> Iterator[Judgement]:
    """What is certainly wrong of the gradients that are there when backward has stopped: a shape;
    or None, where it was None that stopped it."""
    for name in _order(program):
        expected, got = truth.gradients[name], trace.gradients.get(name)
        if got is not None and got.shape not in (expected.shape, ()):
            yield Judgement(name, GUILTY, expected, got)
            return
        lost = got is None and name in program.reaching and name not in program.inputs
        if lost and "NoneType" in failure.message and _has_upstream(program, name, trace):
            yield Judgement(name, MISSING, expected, None)
            return


def _second(case: Case, truth: Trace, trace: Trace) -> Direction:
    if case.program.order < 2:
        return Direction(())
    note = unjudged(case.program, truth, trace, "second")
    if note is not None:
        return Direction((), None, note)
    rtol, atol = tolerances(case, truth, "second")
    found = []
    for name, expected in truth.second.items():
        got = trace.second.get(name)
        if got is None:
            if trace.failure is None:
                found.append(Judgement(name, MISSING, expected, None))
            continue
        status, choice = AGREES, None
        if not close(got, expected, rtol, atol):
            same = got.shape == expected.shape
            choice = conventions.chosen_twice(case.program, truth) if same else None
            status = GUILTY if choice is None else CONVENTION
        item = _judgement(name, status, expected, got, rtol, atol, True)
        found.append(replace(item, choice=choice))
    return Direction(tuple(found), trace.failure)


def _order(program: Program) -> Iterator[str]:
    """The differentiable names in the order in which a backward pass completes them."""
    for step in reversed(program.steps):
        if step.name in program.differentiable:
            yield step.name
    yield from program.inputs


def _is_made(
    program: Program,
    name: str,
    trace: Trace,
    ways: Sequence[Array],
    own: bool,
    rtol: float,
    atol: float,
) -> bool:
    """Whether the gradient, in one of the ``ways`` to take it, is the sum of the contributions that
    the engine's own numbers give. Raises :class:`Unanswerable`.

    ``own``: rules may use the engine's own result of a step, even where that is wrong; in float32,
    where it is rounded.
    """
    if name == program.output:
        return False
    for result in (False, True) if own else (False,):
        parts = contributions(program, name, trace, result)
        total = np.asarray(sum((part.number for part in parts), np.zeros(program.shapes[name])))
        if any(close(got, total, rtol, atol) for got in ways):
            return True
    sizes = [_size_of(program, part, trace) for part in parts]
    return any(_is_rounding(program, got, total, rtol, atol, sizes) for got in ways)


def _size_of(program: Program, part: Contribution, trace: Trace) -> Callable[[int], Array]:
    upstream = trace.gradients[part.step.name]
    made_of = program, part.step, part.position, trace.values, upstream
    return partial(rounding.of_contribution, *made_of)


def contributions(
    program: Program, name: str, trace: Trace, own_result: bool = False
) -> list[Contribution]:
    """What each use of ``name`` adds to its gradient, from the values and the upstream gradients
    in ``trace``, the latest use first. A use that does not reach the output adds nothing, unless
    the engine has a gradient there.

    Raises :class:`Unanswerable`.
    """
    found = []
    cache: dict[str, tuple[Array | None, ...]] = {}
    for step, position in program.uses.get(name, ()):
        if step.name not in program.reaching and not np.any(trace.gradients.get(step.name, 0.0)):
            continue
        if step.name not in cache:
            upstream = trace.gradients.get(step.name)
            if upstream is None:
                raise Unanswerable(f"no gradient at {step.name}")
            cache[step.name] = local.contributions(
                program, step, trace.values, upstream, own_result
            )
        number = cache[step.name][position]
        if number is not None:
            if number.shape != program.shapes[name]:
                raise Unanswerable(f"{name} has shape {number.shape}")
            found.append(Contribution(step, position, number))
    return found
