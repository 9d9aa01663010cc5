"""Two steps together, each of which is right alone: whose mistake it is that something is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, islice, product
from typing import Final

import numpy as np

from harness.judging.asking import Asking
from harness.judging.experiments import (
    RESULT,
    beside,
    exchanged,
    followed,
    isolated,
    leaf_of,
    like,
)
from harness.judging.judge import contributions
from harness.judging.mistakes import BELOW, BESIDE, ENGINE, Mistake, Same, mistake
from harness.judging.parts import written_out
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Step

MOST_PAIRS: Final = 4
"""So many of the steps that use one result are asked with it."""

TWICE_PASSED: Final = "double-count"

MOST_TIMES: Final = 4
"""Fewer times than this a term is passed on."""

BOTH: Final = frozenset({"overwrite", "missing-term"})


def wrong_beside(asking: Asking, same: Same, step: Step, name: str) -> list[Mistake]:
    """Whose mistake it is that a term is lost of two steps that use ``name``: of an operation that
    the step is made of, if it is that one's as well; the machinery's only if it is beside either of
    two operations."""
    told: list[Mistake] = []
    for op in ("mul", "add"):
        if op != step.op and (not told or told[0].op == ENGINE):
            told = _wrong_beside(asking, same, step, name, op) or told
    if told and told[0].op == step.op:
        return _of_a_part(asking, same, step, name) or told
    return told


def _of_a_part(asking: Asking, same: Same, step: Step, name: str) -> list[Mistake]:
    leaf = leaf_of(step.operands.index(name))
    for alone in islice(isolated(asking.program, asking.trace, step, apart=False), 1):
        for other in written_out(alone):
            if (answer := asking.asked(other)) is None:
                continue
            inner = Asking(asking.engine, answer)
            for part in (one for one in other.steps if leaf in one.parents):
                if told := wrong_beside(inner, same, part, leaf):
                    return told
    return []


def _wrong_beside(asking: Asking, same: Same, step: Step, name: str, op: str) -> list[Mistake]:
    """Whose mistake it is where ``name`` has a term of the step and one of another, which is
    evaluated before it, or after it, and one is lost; nothing if none is.

    Of two that are assigned the later one is left, whatever the steps are: then it is the
    machinery that assigns. If the same is lost beside any step, the other one assigns. It does
    not where a third one loses nothing beside it, whichever comes first.
    """
    programs = list(beside(asking.program, asking.trace, step, name, op))
    leaf = leaf_of(step.operands.index(name))
    lost = {code for one in programs if (code := _lost(asking, same, one, leaf))}
    if not lost:
        return []
    thirds: dict[str, set[str | None]] = {}
    for other in (other for program in programs for other in like(program, leaf)):
        found = _lost(asking, same, other, leaf)
        thirds.setdefault(other.by_name[RESULT].op, set()).add(found)
    if TWICE_PASSED in lost and asking.verdict.unordered:
        return []  # it depends on an order that is another one next time
    if TWICE_PASSED in lost:
        shared = any(TWICE_PASSED in found for found in thirds.values())
        blamed = ENGINE if shared else step.op
        return [mistake("double-count", blamed, "added again", experiment=BESIDE)]
    clean = {""} in thirds.values()
    of_others = set[str | None]() if clean else set().union(*thirds.values())
    if lost | of_others >= BOTH and not clean:
        return [mistake("overwrite", ENGINE, "replaced", experiment=BESIDE)]
    code, blamed = max(lost), step.op  # one that loses its own terms, too, assigns
    if code in of_others:  # it is the other one's doing, seen from its side
        (code,), blamed = BOTH - lost, op
    about = "replaced" if code == "overwrite" else "only one"
    return [mistake(code, blamed, about, experiment=BESIDE)]


def _lost(asking: Asking, same: Same, program: Program, leaf: str) -> str | None:
    """What is lost of the terms of two steps: the other's (``overwrite``) or the step's own
    (``missing-term``), or that one is there too often (``double-count``); ``""`` where each is
    there once, and None if that cannot be told."""
    alone = asking.passing(program)
    got = None if alone is None else alone.trace.gradients.get(leaf)
    if alone is None or alone.backward.note or got is None:
        return None
    begun, right = (one.gradients.get(program.output) for one in (alone.trace, alone.truth))
    if begun is not None and right is not None and not same(begun, right):
        return None
    try:
        parts = contributions(program, leaf, alone.truth)
    except Unanswerable:
        return None
    mine = [part.number for part in parts if part.step.name == RESULT]
    theirs = np.asarray(sum(part.number for part in parts if part.step.name != RESULT))
    if same(got, np.asarray(sum(mine, theirs))):
        return ""
    if same(got, theirs):
        return "missing-term"
    some = chain.from_iterable(combinations(mine, count) for count in range(1, len(mine) + 1))
    if any(same(got, np.asarray(sum(numbers))) for numbers in some):
        return "overwrite"
    numbers = [part.number for part in parts]
    return TWICE_PASSED if often(numbers, got, same, 1) else None


def often(terms: Sequence[Array], got: Array, same: Same, least: int) -> tuple[int, ...] | None:
    """How many times each of some terms, ``least`` times or more, is part of their sum; None where
    each is once, or that does not tell."""
    if same(got, np.asarray(sum(terms, np.zeros_like(got)))):
        return None
    for times in product(range(least, MOST_TIMES), repeat=min(len(terms), MOST_PAIRS)):
        total = sum(n * term for n, term in zip(times, terms, strict=False))
        if any(times) and set(times) != {1} and same(got, np.asarray(total)):
            return times
    return None


def wrong_below(asking: Asking, step: Step, name: str) -> list[Mistake]:
    """Whose mistake it is that nothing comes back through two steps to ``name``, where each of
    them alone is right: of the one that loses it whatever stands in the other's place; the
    machinery's, if any two lose it."""
    leaf = leaf_of(step.operands.index(name))
    for program in list(followed(asking.program, asking.trace, step, name))[:MOST_PAIRS]:
        if not _is_cut(asking, program, leaf):
            continue
        first, last = program.steps
        with_first = [_is_cut(asking, other, leaf) for other in exchanged(program, leaf, 1)]
        with_last = [_is_cut(asking, other, leaf) for other in exchanged(program, leaf, 0)]
        if _most(with_first):
            op, about = first.op, "not passed on"
            if _most(with_last):
                op, about = ENGINE, "ends early"
        elif _most(with_last):
            op, about = last.op, "not led on"
        else:
            continue
        return [mistake("lost-gradient", op, about, experiment=BELOW)]
    return []


def _is_cut(asking: Asking, program: Program, leaf: str) -> bool | None:
    """Whether nothing comes back to a leaf; None if that cannot be told."""
    found = asking.passing(program)
    if found is None or found.backward.note or found.backward.failure is not None:
        return None
    right = found.truth.gradients.get(leaf)
    if right is None or not np.any(right):
        return None
    got = found.trace.gradients.get(leaf)
    return got is None or not np.any(got)


def _most(answers: Sequence[bool | None]) -> bool:
    """Whether more of those that have an answer say yes."""
    known = [one for one in answers if one is not None]
    return 2 * sum(known) > len(known)
