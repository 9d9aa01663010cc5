"""Two steps together, each of which is right alone: whose mistake it is that something is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations
from typing import Final

import numpy as np

from harness.judging.asking import Asking
from harness.judging.experiments import OTHER, RESULT, beside, exchanged, followed, leaf_of, like
from harness.judging.judge import contributions
from harness.judging.mistakes import BELOW, BESIDE, ENGINE, Mistake, Same, mistake
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program, Step

MOST_PAIRS: Final = 4
"""So many of the steps that use one result are asked with it."""

BOTH: Final = frozenset({"overwrite", "missing-term"})


def wrong_beside(asking: Asking, same: Same, step: Step, name: str) -> list[Mistake]:
    """Whose mistake it is where ``name`` has a term of the step and one of another, which is
    evaluated before it, or after it, and one is lost; nothing if none is.

    Of two that are assigned the later one is left, whatever the steps are: then it is the
    machinery that assigns. If the same is lost beside any step, the other one assigns. It does
    not where a third one loses nothing beside it, whichever comes first.
    """
    programs = list(beside(asking.program, asking.trace, step, name))
    leaf = leaf_of(step.operands.index(name))
    lost = {code for one in programs if (code := _lost(asking, same, one, leaf))}
    if not lost:
        return []
    thirds: dict[str, set[str | None]] = {}
    for other in (other for program in programs for other in like(program, leaf)):
        found = _lost(asking, same, other, leaf)
        thirds.setdefault(other.by_name[RESULT].op, set()).add(found)
    clean = {""} in thirds.values()
    of_others = set[str | None]() if clean else set().union(*thirds.values())
    if lost | of_others >= BOTH and not clean:
        return [mistake("overwrite", ENGINE, "replaced", experiment=BESIDE)]
    code, op = max(lost), step.op  # one that loses its own terms, too, assigns
    if code in of_others:  # it is the other one's doing, seen from its side
        (code,), op = BOTH - lost, programs[0].by_name[OTHER].op
    about = "replaced" if code == "overwrite" else "only one"
    return [mistake(code, op, about, experiment=BESIDE)]


def _lost(asking: Asking, same: Same, program: Program, leaf: str) -> str | None:
    """What is lost of the terms of two steps: the other's (``overwrite``) or the step's own
    (``missing-term``); nothing, ``""``, where none is, and None if that cannot be told."""
    alone = asking.passing(program)
    got = None if alone is None else alone.trace.gradients.get(leaf)
    if alone is None or alone.backward.note or got is None:
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
    left = any(same(got, np.asarray(sum(numbers))) for numbers in some)
    return "overwrite" if left else None


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
