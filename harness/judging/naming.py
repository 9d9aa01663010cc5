"""What is wrong with a rule: the mistakes that would give all that it has answered.

An answer at one point is explained by many mistakes. So a rule is asked at points that differ in
sign, size and order, with upstream gradients that differ, and only a mistake that gives every one
of the answers, the right ones among them, is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from harness.judging.forms import Answer, forms, within_choice
from harness.judging.mistakes import Facts, Same, factor, few_digits, reordered
from harness.vocabulary.program import Array

Named = tuple[str, str, Facts]
"""A code, and the id of its sentence with the facts."""


def names(answers: Sequence[Answer], same: Same) -> list[Named]:
    """What explains all answers of a rule that is wrong for one operand, the likeliest first;
    nothing where no mistake that is known gives them."""
    every = [one for one in answers if not same(one.got, one.right)]
    chosen = [one for one in every if within_choice(one)]
    if chosen and len(chosen) == len(every):
        return [("wrong-rule", "not whole", ())]
    answers = [one for one in answers if one not in chosen]
    wrong = [one for one in every if one not in chosen]
    finite = [one for one in answers if np.isfinite(one.right).all()]
    told = finite if any(not same(one.got, one.right) for one in finite) else answers
    if not wrong:
        return _digits(answers)
    if not any(np.any(one.got) for one in told):
        return [("lost-gradient", "none arrives", (("name", wrong[0].operand),))]
    if any(one.got.shape != one.right.shape for one in told):
        return _shapes(told, same)
    return [*_forms(told, same), *_looks(told, same)]


def _digits(answers: Sequence[Answer]) -> list[Named]:
    """What is wrong with answers whose numbers are right: their dtype, or their last digits."""
    for one in answers:
        got, right = str(one.got.dtype), str(one.program.dtype)
        if got != right:
            return [("precision", "gradient dtype", (("got", got), ("expected", right)))]
    return [("precision", "digits", ())]


def _forms(told: Sequence[Answer], same: Same) -> list[Named]:
    """The mistakes whose forms are what was given, in each of the answers."""
    found: dict[Named, int] = {}
    for one in told:
        given = {
            form[:3]: form
            for form in forms(one)
            if form.number.shape == one.got.shape and same(one.got, form.number)
        }
        for name in given:
            found[name] = found.get(name, 0) + 1
    return [name for name, count in found.items() if count == len(told)]


def _looks(told: Sequence[Answer], same: Same) -> list[Named]:
    """What can be read off the answers themselves: they are right but for their digits, their order
    or a factor."""
    wrong = [one for one in told if not same(one.got, one.right)]
    if all(few_digits(one.got, one.right) for one in wrong):
        return [("precision", "digits", ())]
    if all(reordered(one.got, one.right, same) for one in wrong):
        return [("wrong-permutation", "order", ())]
    if any(np.any(one.got) for one in told if not np.any(one.right)):
        return []  # no factor makes something of nothing
    ratios = [(factor(one.got, one.right, same), one) for one in told if np.any(one.right)]
    known = [(ratio, one.local.count) for ratio, one in ratios if ratio is not None]
    if not known or len(known) < len(ratios):
        return []
    facts = (("ratio", known[0][0]), ("count", known[0][1]))
    return [("wrong-scale", "factor", facts)] if is_one_factor(known) else []


def is_one_factor(known: Iterable[tuple[float, int]]) -> bool:
    """Whether factors, each with a number of elements, are one constant, or one part or multiple of
    that number."""
    told = [(ratio, max(count, 1)) for ratio, count in known]  # of no elements there is no part
    return any(
        bool(np.allclose(each, each[:1], 1e-6, 0.0))
        for each in (
            [ratio for ratio, _ in told],
            [ratio * count for ratio, count in told],
            [ratio / count for ratio, count in told],
        )
    )


def _shapes(told: Sequence[Answer], same: Same) -> list[Named]:
    """What explains answers of which some have another shape than they should have."""
    odd = next(one for one in told if one.got.shape != one.right.shape)
    got, right = odd.got, odd.right
    shapes = (("got", str(got.shape)), ("expected", str(right.shape)))
    if (got.size, got.ndim) > (right.size, right.ndim) and _fits(right, got.shape):
        return [("missing-unbroadcast", "stretched", shapes)]
    if _fits(got, right.shape):  # what is wrong beside that it was not stretched
        whole = [replace(one, got=_stretched(one.got, one.right.shape)) for one in told]
        if not all(same(one.got, one.right) for one in whole):
            return names(whole, same)
        return [("wrong-shape", "shape", shapes)]
    if known := [name for name in _forms(told, same) if name[1] != "no local"]:
        return known
    if got.ndim == right.ndim and reordered(got, right, same):
        turned = "axis" in odd.local.operation.parameters
        return [("wrong-axis" if turned else "wrong-permutation", "turned", shapes)]
    return [("wrong-shape", "shape", shapes)]


def _fits(array: Array, shape: tuple[int, ...]) -> bool:
    """Whether an array can be stretched to a shape."""
    with suppress(ValueError):
        return np.broadcast_shapes(array.shape, shape) == shape
    return False


def _stretched(array: Array, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(array, shape) if _fits(array, shape) else array
