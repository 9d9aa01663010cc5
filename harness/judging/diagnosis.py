"""Why a step is wrong: what the engine's number is made of, and the mistake that gives it.

:func:`diagnose` looks at the first wrong step of a pass. For a gradient it holds the engine's
number against the contributions that ought to have been added up: which of them arrived, and what
became of the one that did not arrive as it should.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from harness.engines import reference
from harness.engines.trace import Trace
from harness.judging.verdict import (
    GUILTY,
    INHERITED,
    MISSING,
    Contribution,
    Direction,
    Judgement,
    Verdict,
    close,
    contributions,
    tolerances,
)
from harness.language.program import Array, Program
from harness.language.vocabulary import OPERATIONS

MAX_SUBSETS = 10
"""Up to so many contributions, every subset of them is tried."""

PLAIN: Final = (
    "wrong-sign",
    "wrong-scale",
    "missing-upstream",
    "missing-unbroadcast",
    "wrong-shape",
)
"""Mistakes of a rule that show through a second backward as they do through one."""

SCALES: Final = ((0.5, "½"), (2.0, "2"), (-2.0, "-2"), (-0.5, "-½"))


@dataclass(frozen=True, slots=True)
class Term:
    """A contribution to the gradient, and whether it is part of the engine's number.

    ``arrived`` is None where that cannot be told.
    """

    contribution: Contribution
    arrived: bool | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The first wrong step of a pass, the mistake's code, the operation it is blamed on
    (``engine`` for the machinery between the rules), and what to do, in a sentence."""

    judgement: Judgement
    code: str
    op: str
    message: str
    terms: tuple[Term, ...] = ()


def diagnose(verdict: Verdict, direction: str) -> Diagnosis | None:
    """The likely mistake at the first wrong step of a pass; None if no step is wrong."""
    first = verdict.direction(direction).first
    if first is None:
        return None
    return explain(verdict, direction, first)


def explain(verdict: Verdict, direction: str, judgement: Judgement) -> Diagnosis:
    """The likely mistake at one wrong step."""
    rtol, atol = tolerances(verdict.case, verdict.truth, direction)

    def same(got: Array, expected: Array) -> bool:
        return close(got, expected, max(rtol, 1e-7), atol)

    if direction == "forward":
        return _explain_value(verdict, judgement, same)
    if direction == "backward" and verdict.case.program.passes == 2:
        found = _explain_gradient(verdict, judgement, same)
        if found.code in PLAIN:
            return found
        return Diagnosis(
            judgement,
            "stale-grad",
            "engine",
            "after a second backward a gradient must be g or 2g: what the first pass left must "
            "not be passed on again",
        )
    if direction == "second":
        return Diagnosis(
            judgement,
            "wrong-rule",
            "engine",
            "a gradient is differentiated wrongly: rules must record what they compute",
        )
    return _explain_gradient(verdict, judgement, same)


Same = Callable[[Array, Array], bool]


def _explain_value(verdict: Verdict, judgement: Judgement, same: Same) -> Diagnosis:
    program = verdict.case.program
    step = next((step for step in program.steps if step.name == judgement.name), None)
    op = step.op if step else "engine"
    got, expected = judgement.got, judgement.expected

    def found(code: str, message: str) -> Diagnosis:
        return Diagnosis(judgement, code, op, message)

    if judgement.status == INHERITED:
        return found("wrong-value", "an operand is already wrong")
    if got is None:
        return found("wrong-value", "the engine has no value here")
    if step is None:
        return found("wrong-value", "the engine does not hold the input that it was given")
    if got.shape != expected.shape:
        return found("wrong-shape", f"{op} gives shape {got.shape}, not {expected.shape}")
    operands = {name: verdict.trace.values.get(name) for name in step.parents}
    local = reference.local_value(program, step, verdict.trace.values)
    if same(got, -local):
        return found("wrong-sign", f"{op} computes the right number with the wrong sign")
    for name, value in operands.items():
        if value is not None and same(got, value):
            return found("wrong-value", f"{op} returns its operand {name} unchanged")
    if len(step.operands) == 2 and same(got, _swapped(verdict, judgement.name)):
        return found("swapped-operands", f"{op} takes its operands in the wrong order")
    if same(got, expected.astype(np.float32).astype(np.float64)) or close(got, local, 1e-4, 0.0):
        return found("precision", f"{op} is right to a few digits only; compute in float64")
    return found("wrong-value", f"the forward formula of {op} is wrong")


def _swapped(verdict: Verdict, name: str) -> Array:
    """What a step of two operands would give with the operands exchanged (NaN if it cannot)."""
    program = verdict.case.program
    step = next(step for step in program.steps if step.name == name)
    exchanged = type(step)(step.name, step.op, step.operands[::-1], step.parameters)
    try:
        return reference.local_value(program, exchanged, verdict.trace.values)
    except (RuntimeError, IndexError, TypeError, ValueError):
        return np.array("never", dtype=object).reshape((1,) * 20)


def _explain_gradient(verdict: Verdict, judgement: Judgement, same: Same) -> Diagnosis:
    program, trace, name = verdict.case.program, verdict.trace, judgement.name
    if trace.leaves_only:
        # Without the engine's own upstream gradients, torch's have to do.
        trace = Trace(trace.values, verdict.truth.gradients)
    try:
        parts = contributions(program, name, trace)
    except (RuntimeError, IndexError, TypeError, ValueError, KeyError):
        parts = []
    expected, got = judgement.expected, judgement.got
    unknown = tuple(Term(part, None) for part in parts)

    def found(code: str, op: str, message: str, terms: Sequence[Term] = unknown) -> Diagnosis:
        return Diagnosis(judgement, code, op, message, tuple(terms))

    only = parts[0].step.op if len({part.step.op for part in parts}) == 1 else "engine"
    if judgement.status == INHERITED:
        return found(
            "inherited", only, "this step's own rule is right: a gradient above it is wrong"
        )
    if judgement.status == MISSING or got is None:
        none = [Term(part, False) for part in parts]
        return found("lost-gradient", only, f"no gradient ever reaches {name}", none)
    if name == program.output:
        if same(got, np.ones_like(expected)):
            return found("seed-ignored", "engine", "the seed is ignored: backward starts at 1")
        return found("wrong-value", "engine", "backward must start with the seed at the output")
    if got.shape != expected.shape:
        return _explain_shape(judgement, parts, only, found)
    total = sum((part.number for part in parts), np.zeros_like(expected))
    if not parts or not _same_shapes(parts, got):
        return found("wrong-rule", only, f"the derivative that {only} passes on is wrong")
    subset = _subset(parts, got, same)
    if subset is not None:
        return _explain_subset(name, parts, subset, only, found)
    with np.errstate(all="ignore"):
        for part in parts:
            arrived = got - (total - part.number)
            what = _transformed(program, trace, part, arrived, same)
            if what is not None:
                code, message = what
                terms = [Term(other, other is not part) for other in parts]
                return found(code, part.step.op, message, terms)
    if close(got, total, 1e-4, 0.0):
        return found("precision", only, "right to a few digits only: finite differences?")
    blamed = only if only != "engine" else parts[0].step.op
    names = ", ".join(dict.fromkeys(part.step.op for part in parts))
    return found("wrong-rule", blamed, f"the derivative that {names} passes on is wrong")


def _explain_shape(
    judgement: Judgement,
    parts: list[Contribution],
    only: str,
    found: Callable[..., Diagnosis],
) -> Diagnosis:
    got, expected = judgement.got, judgement.expected
    assert got is not None
    shapes = f"the gradient has shape {got.shape}, its value {expected.shape}"
    try:
        grown = np.broadcast_shapes(got.shape, expected.shape) == got.shape
    except ValueError:
        grown = False
    if grown:
        return found(
            "missing-unbroadcast", only, f"{shapes}: sum over the axes that were broadcast"
        )
    return found("wrong-shape", only, shapes)


def _subset(parts: list[Contribution], got: Array, same: Same) -> tuple[int, ...] | None:
    """The contributions (by number) whose sum is the engine's number, if some are."""
    count = len(parts)
    sizes = range(count) if count <= MAX_SUBSETS else (0, 1, count - 1)
    for size in sizes:
        # From the last on: where equal terms leave it open which of them arrived, it was the last.
        for chosen in combinations(range(count - 1, -1, -1), size):
            if same(got, sum((parts[i].number for i in chosen), np.zeros_like(got))):
                return chosen
    return None


def _explain_subset(
    name: str,
    parts: list[Contribution],
    subset: tuple[int, ...],
    only: str,
    found: Callable[..., Diagnosis],
) -> Diagnosis:
    terms = [Term(part, i in subset) for i, part in enumerate(parts)]
    if not subset:
        return found("lost-gradient", only, f"no gradient arrives at {name}", terms)
    if subset == (len(parts) - 1,):
        return found(
            "overwrite",
            "engine",
            "a later assignment replaced the earlier terms. Accumulate: grad += local * upstream",
            terms,
        )
    lost = [part for i, part in enumerate(parts) if i not in subset]
    ops = {part.step.op for part in lost}
    if len(subset) == 1 and len(parts) > 2:
        return found(
            "overwrite", "engine", "only one of the terms is kept. Accumulate: grad += …", terms
        )
    where = ", ".join(part.step.name for part in lost)
    op = ops.pop() if len(ops) == 1 else "engine"
    return found("missing-term", op, f"the term through {where} never arrives", terms)


def _transformed(
    program: Program, trace: Trace, part: Contribution, arrived: Array, same: Same
) -> tuple[str, str] | None:
    """What was done to one contribution, all others being right: a code and a sentence."""
    right, op = part.number, part.step.op
    if same(arrived, -right):
        return "wrong-sign", f"the term that {op} passes on has the wrong sign"
    upstream = trace.gradients[part.step.name]
    slip = _slip(program, trace, part, arrived, same)
    if slip is not None:
        return "wrong-rule", f"the derivative of {op} is wrong: {slip}"
    local = reference.contributions(program, part.step, trace.values, np.ones_like(upstream))
    alone = local[part.position]
    if alone is not None and same(arrived, alone):
        return (
            "missing-upstream",
            f"{op} passes on its local derivative without the upstream gradient",
        )
    if same(arrived, 2.0 * right):
        return "double-count", f"the term that {op} passes on is counted twice"
    for factor, text in SCALES:
        if same(arrived, factor * right):
            return "wrong-scale", f"the term that {op} passes on is off by the factor {text}"
    nonzero = np.abs(right) > 0
    if nonzero.any() and nonzero.size > 1:
        ratio = float(arrived[nonzero].flat[0] / right[nonzero].flat[0])
        if np.isfinite(ratio) and same(arrived, ratio * right):
            return "wrong-scale", f"the term that {op} passes on is off by the factor {ratio:.6g}"
    if upstream.shape == arrived.shape and same(arrived, upstream):
        return "wrong-rule", f"{op} passes on the upstream gradient without its local derivative"
    if right.ndim >= 2 and same(arrived, np.swapaxes(right, -1, -2)):
        return "wrong-permutation", f"the term that {op} passes on is transposed"
    if len(part.step.operands) == 2:
        both = reference.contributions(program, part.step, trace.values, upstream)
        other = both[1 - part.position]
        if other is not None and same(arrived, other):
            return "swapped-operands", f"{op} gives each operand the other one's derivative"
    return None


def _slip(
    program: Program, trace: Trace, part: Contribution, arrived: Array, same: Same
) -> str | None:
    """The well-known slip that gives what arrived, if one does; of elementwise operations only."""
    step = part.step
    operation = OPERATIONS[step.op]
    if operation.shape not in ("same", "broadcast", "clamp"):
        return None
    names: dict[str, Any] = {
        key: step.parameters.get(key, parameter.default)
        for key, parameter in operation.parameters.items()
    }
    values = {**program.constants, **trace.values}
    for name, operand in zip(operation.operands, step.operands, strict=True):
        names[name] = values[operand] if isinstance(operand, str) else operand
    names["out"], names["dout"] = trace.values[step.name], trace.gradients[step.name]
    for what, text in operation.slips.get(operation.operand(part.position), ()):
        line = text.format_map({name: name for name in names})
        try:
            with np.errstate(all="ignore"):
                wrong = np.asarray(eval(line, {**_NUMPY, **names}), dtype=float)
            stretched = np.broadcast_to(wrong, names["out"].shape)
            if same(arrived, _unbroadcast(stretched, arrived.shape)):
                return what
        except (ValueError, TypeError, ArithmeticError):  # shapes or numbers it has no answer for
            continue
    return None


_NUMPY: Final[dict[str, Any]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "cos", "where", "pi")},
    "erf": np.vectorize(math.erf, otypes=[float]),
}


def _unbroadcast(array: Array, shape: tuple[int, ...]) -> Array:
    added = array.ndim - len(shape)
    axes = [added + i for i, n in enumerate(shape) if n == 1 != array.shape[added + i]]
    return np.asarray(array.sum(axis=(*range(added), *axes))).reshape(shape)


def _same_shapes(parts: list[Contribution], got: Array) -> bool:
    return all(part.number.shape == got.shape for part in parts)


def others(direction: Direction, first: Judgement) -> list[Judgement]:
    """The other wrong steps of a pass, guilty before inherited."""
    wrong = [j for j in direction.judgements if j is not first and j.status != "agrees"]
    return sorted(wrong, key=lambda j: j.status not in (GUILTY, MISSING))
