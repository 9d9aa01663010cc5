"""What all rules share, asked by itself: where a backward pass begins, how far it comes, in which
order it goes and how often, and whether equal numbers are taken for one.

Each question is a few steps on fresh leaves. It is asked of products and sums, and answered only
where these are right alone, so that no rule's mistake is taken for the machinery's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.ordering import ORDERS
from harness.judging.asking import Asking
from harness.judging.experiments import RESULT, leaf_of, plain
from harness.judging.mistakes import ALONE, BELOW, ENGINE, Mistake, Same, mistake
from harness.judging.pairs import often
from harness.judging.verdict import Verdict
from harness.vocabulary.program import Array, Program, Step, Value, default_seed

EVERY_ORDER: Final = 4 * ORDERS
"""So many orders of sets are tried before a mistake is believed to be there in all of them."""

X: Final = leaf_of(0)
INNER: Final = "inner"

Written = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Steps: a name, an operation, and operands."""

ONE_STEP: Final[tuple[Written, ...]] = (
    ((RESULT, "mul", (X, "y")),),
    ((RESULT, "add", (X, "y")),),
)
TWO_TERMS: Final[Written] = (
    ("left", "mul", (X, "y")),
    ("right", "mul", (X, "u")),
    (RESULT, "add", ("left", "right")),
)
"""A leaf that two steps use."""

TWO_STEPS: Final[Written] = ((INNER, "mul", (X, "y")), (RESULT, "mul", (INNER, "u")))

_FIRST: Final = (INNER, "mul", (X, "y"))
_WAY: Final = (("a", "mul", (INNER, "u")), ("b", "mul", ("a", "v")))
CHAIN: Final[Written] = (_FIRST, *_WAY, (RESULT, "add", ("b", "w")))
THREE_STEPS: Final[Written] = (_FIRST, _WAY[0], (RESULT, "mul", ("a", "v")))
_FORK: Final = (("left", "mul", (INNER, "u")), ("right", "mul", (INNER, "v")))
_LATE: Final = ("b", "mul", ("w", INNER))
BRANCHES: Final[tuple[tuple[Written, tuple[tuple[str, ...], ...]], ...]] = (
    ((_FIRST, *_FORK, (RESULT, "add", ("left", "right"))), (("y", "u"), ("y", "v"))),
    ((_FIRST, *_WAY, (RESULT, "add", ("b", INNER))), (("y", "u", "v"), ("y",))),
    ((_FIRST, *_WAY, (RESULT, "add", (INNER, "b"))), (("y",), ("y", "u", "v"))),
    ((_FIRST, _LATE, (RESULT, "add", (INNER, "b"))), (("y",), ("y", "w"))),
    ((_FIRST, _LATE, (RESULT, "add", ("b", INNER))), (("y", "w"), ("y",))),
)
"""A step that two others use, by ways as long as each other and not, also behind a leaf; and the
factors of the terms that each way brings to the leaf before it."""


def program_of(
    asking: Asking, written: Written, seed: Value | None = None, number: bool = False
) -> Program:
    """Steps on fresh leaves: numbers where the case has but these, else arrays of two elements."""
    shape = () if number or asking.program.scalar else (2,)
    steps = tuple(Step(*one) for one in written)
    names = dict.fromkeys(item for step in steps for item in step.parents)
    leaves = [name for name in names if name not in {step.name for step in steps}]
    inputs = {name: plain(shape, 0.6 + 0.37 * at) for at, name in enumerate(leaves)}
    shapes = dict.fromkeys((*leaves, *(step.name for step in steps)), shape)
    begun = default_seed(shape) if seed is None else seed
    return Program(inputs, {}, steps, shapes, begun, asking.program.dtype)


def _is_right(asking: Asking, written: Written) -> bool:
    found = asking.passing(program_of(asking, written))
    return found is not None and found.backward.status == "passed" and not found.backward.note


# -- in which order, and how often -----------------------------------------------------------------


def wrong_order(asking: Asking, same: Same) -> list[Mistake]:
    """Whether a step that two others use passes its gradient on before all of it has arrived, or
    more than once; nothing where that cannot be told, as a leaf's terms are wrong already, or
    where it hangs on the order of a set."""
    if not all(_is_right(asking, one) for one in (*ONE_STEP, TWO_TERMS)):
        return []
    for written, ways in BRANCHES:
        program = program_of(asking, written)
        found = asking.passing(program)
        got = None if found is None else found.trace.gradients.get(X)
        if found is None or got is None or found.backward.status != "failed":
            continue
        if found.trace.iterates_sets and not is_wrong_in_every_order(asking):
            return []
        factors = {name: np.asarray(value) for name, value in program.inputs.items()}
        terms = [_product(program, factors, way) for way in ways]
        if (times := often(terms, got, same, 0)) is not None:
            facts = {"name": "a step that two others use"}
            code, about = ("missing-term", "passed on early")
            if min(times) > 0:
                code, about = ("double-count", "passed on often")
            return [mistake(code, ENGINE, about, facts=facts, experiment=BELOW)]
    return []


def _product(program: Program, factors: Mapping[str, Array], way: tuple[str, ...]) -> Array:
    term = np.asarray(program.seed)
    for name in way:
        term = term * factors[name]
    return term


def is_wrong_in_every_order(asking: Asking) -> bool:
    """Whether a step that two others use is wrong in whatever order sets are iterated, and a chain
    of steps right in all of them: then it is no set's order that does it."""
    key = f"wrong in every order {asking.program.scalar}"
    known = asking.engine.experiments
    if key not in known:
        known[key] = (
            all(_is_right(asking, one) for one in (*ONE_STEP, TWO_TERMS))
            and any(all(_fail_in_orders(asking, written)) for written, _ in BRANCHES)
            and not any(_fail_in_orders(asking, CHAIN))
        )
    return bool(known[key])


def _fail_in_orders(asking: Asking, written: Written) -> Iterator[bool]:
    """Whether steps are wrong, in one order after the other."""
    program = program_of(asking, written)
    return (_fails(asking, program, order) for order in range(EVERY_ORDER))


def _fails(asking: Asking, program: Program, order: int) -> bool:
    asking.engine.order = order
    try:
        found = asking.afresh(program)
    finally:
        asking.engine.order = 0
    return found is not None and found.backward.status == "failed"


# -- whether anything comes back -------------------------------------------------------------------


def nothing_comes(asking: Asking) -> list[Mistake]:
    """Why nothing comes back to a leaf, or to any: backward does not begin, the last step does not
    pass it on, or none before it does, or before these."""
    ones = np.ones(2) if not asking.program.scalar else 1.0
    alone = [asking.passing(program_of(asking, one, ones)) for one in ONE_STEP]
    known = [one for one in alone if one is not None and one.backward.failure is None]
    if not known:
        return []
    if all(map(_is_lost, known)):
        begins = np.any(known[0].trace.gradients.get(RESULT, 0))
        about = "last is silent" if begins else "no leaf"
        return [mistake("lost-gradient", ENGINE, about, experiment=ALONE)]
    two, three = (asking.passing(program_of(asking, one, ones)) for one in (TWO_STEPS, THREE_STEPS))
    if any(map(_is_lost, known)) or two is None or two.backward.failure:
        return []
    if _is_lost(two):
        about = "not reversed" if np.any(two.trace.gradients.get(INNER, 0)) else "ends early"
    elif three is not None and not three.backward.failure and _is_lost(three):
        about = "ends at two"
    else:
        return []
    return [mistake("lost-gradient", ENGINE, about, experiment=BELOW)]


def _is_lost(found: Verdict) -> bool:
    """Whether nothing comes back to a leaf."""
    return not np.any(found.trace.gradients.get(X, 0))


# -- whether equal numbers are one -----------------------------------------------------------------


def takes_equals(asking: Asking) -> bool:
    """Whether steps whose numbers are all the same are wrong, which are right where they differ."""
    for written in (ONE_STEP[0], TWO_STEPS):
        apart = program_of(asking, written, 1.0, number=True)
        alike = replace(apart, inputs=dict.fromkeys(apart.inputs, 1.0))
        answers = [asking.passing(one) for one in (apart, alike)]
        if [one and one.backward.status for one in answers] == ["passed", "failed"]:
            return True
    return False


def has_equals(program: Program, values: Mapping[str, Array]) -> bool:
    """Whether two numbers of a program are equal, its plain ones among them."""
    every = [item.tobytes() for item in _numbers(program, values)]
    return len(set(every)) < len(every)


def _numbers(program: Program, values: Mapping[str, Array]) -> Iterator[Array]:
    yield from (np.asarray(value, float) for value in values.values())
    for step in program.steps:
        yield from (np.asarray(item, float) for item in step.operands if not isinstance(item, str))
