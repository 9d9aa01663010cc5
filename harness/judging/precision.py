"""The precision that an engine computes in, found by trying it, and cases as they are in float32.

An engine that keeps its numbers in float32 makes no mistake by that. Its cases are judged in
float32: their inputs are rounded, their truth is float32's, and so is the tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.engines.by_formula import evaluate
from harness.engines.engine import Engine
from harness.engines.trace import Trace, Undefined
from harness.judging.examination import examine
from harness.judging.judge import lifted
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import DTYPES, Array, Program, Step, Value

DOUBLE, SINGLE = DTYPES

TOO_LARGE: Final = "float32 has no number of the size that float64 has here"

PROBES: Final = ("mul", "add", "div", "exp", "tanh")
"""Operations whose results show whether they are rounded: those that engines have first."""


def examined(engine: Engine, case: Case, truth: Trace, by: str | None = None) -> Verdict:
    """The engine's answer to ``case`` in the precision that it computes in, or that it is to be
    judged in, looked into where it is wrong. ``by`` is ``torch`` where that gives the truth."""
    wish = engine.dtype or engine.tried.get(_kind(case.program))
    if wish != SINGLE:
        verdict = examine(engine, case, truth)
        if wish == DOUBLE or verdict.passed or verdict.trace.ended:
            return verdict
        if precision(engine, case.program) == DOUBLE:
            return verdict
    return examine(engine, *in_single(case, truth, by))


def precision(engine: Engine, program: Program) -> str:
    """What the engine computes programs of this kind in, scalars or arrays: ``float32`` where a
    number that it was given comes back as float32's, or every result is one of float32's, or has
    gradients of that type."""
    kind = _kind(program)
    if kind not in engine.tried:
        leaf: Value = 0.1 if program.scalar else np.array([0.1, 0.7])
        results = []
        for op in PROBES:
            count = 1 if op in ("exp", "tanh") else 2
            results += _rounds(
                engine, op, (("x", 0.3) if op == "div" else ("x",) * 2)[:count], leaf
            )
        engine.tried[kind] = SINGLE if results and all(results) else DOUBLE
    return engine.tried[kind]


def _rounds(engine: Engine, op: str, operands: tuple[Any, ...], leaf: Value) -> list[bool]:
    """Whether the result of one step, or its gradient, is rounded to float32; nothing where there
    is no result."""
    shape = np.shape(leaf)
    step = Step("f", op, operands)
    seed: Value = 1.0 if not shape else np.ones(shape)
    trace = engine.run(Program({"x": leaf}, {}, (step,), {"x": shape, "f": shape}, seed))
    x, f, slope = trace.values.get("x"), trace.values.get("f"), trace.gradients.get("x")
    if x is None or x.shape != shape or not np.isfinite(x).all():
        return []
    if _is_single(x) and np.array_equal(x, np.asarray(leaf, SINGLE)):
        return [True]
    if f is None or f.shape != shape:
        return []
    return [_is_single(f) or (slope is not None and slope.dtype == SINGLE)]


def _is_single(array: Array) -> bool:
    with np.errstate(all="ignore"):
        return np.array_equal(array, array.astype(SINGLE))


def _kind(program: Program) -> str:
    return "precision of scalars" if program.scalar else "precision of arrays"


# -- a case in float32 -----------------------------------------------------------------------------


def in_single(case: Case, truth: Trace, by: str | None = None) -> tuple[Case, Trace]:
    """The case in float32, with its truth by torch or by the vocabulary's formulas; unchanged where
    it is one of float32 already, or there is no truth.

    An engine is not held to the dtype of what it answers there: ``typed`` is false of the truth. A
    pass is not judged (``unsupported`` and ``lacks_backward`` say so) where float32 has no number
    for what float64 has one.
    """
    if case.program.dtype == SINGLE:
        return case, truth
    rounded = replace(
        case.program,
        dtype=SINGLE,
        inputs={name: _rounded(value) for name, value in case.program.inputs.items()},
        constants={name: _narrow(array) for name, array in case.program.constants.items()},
        seed=_rounded(case.program.seed),
    )
    try:
        found = _torchs(rounded) if by == "torch" else evaluate(rounded)
    except (Unanswerable, Undefined):
        return case, truth
    shown = {
        name: value if isinstance(value, float) else rounded.inputs[name]
        for name, value in case.program.inputs.items()
    }
    second = found.second or truth.second
    own = replace(
        found,
        second={name: _narrow(array) for name, array in second.items()},
        unsupported=TOO_LARGE if _overflow(truth.values, found.values) else None,
        lacks_backward=TOO_LARGE if _overflow(truth.gradients, found.gradients) else None,
        lacks_second=TOO_LARGE if _overflow(truth.second, second) else None,
    )
    return replace(case, program=replace(rounded, inputs=shown), tolerance=None), lifted(own)


def _rounded(value: Value) -> Value:
    """The number, or the array, of float32 that is nearest."""
    with np.errstate(over="ignore"):
        single = np.asarray(value, SINGLE)
    return float(single) if isinstance(value, float) else single


def _narrow(array: Array) -> Array:
    with np.errstate(over="ignore"):
        return array.astype(SINGLE) if array.dtype.kind == "f" else array


def _overflow(wide: Mapping[str, Array], narrow: Mapping[str, Array]) -> bool:
    """Whether something is finite in float64 alone."""
    return any(
        bool((np.isfinite(array) & ~np.isfinite(narrow[name])).any())
        for name, array in wide.items()
    )


def _torchs(program: Program) -> Trace:
    from harness.engines import reference

    return reference.evaluate(program)
