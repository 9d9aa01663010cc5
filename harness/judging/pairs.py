"""Two steps together, each of which is right alone: whose mistake it is that something is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations, islice, product
from typing import Final

import numpy as np

from harness.judging.asking import Asking
from harness.judging.experiments import (
    CONTROLS,
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

FIRST: Final = ("add", "mul")
"""Beside these a step is asked, and others in its place; beside more where that leaves it open."""

ABOUT: Final = {"overwrite": "replaced", "missing-term": "only one", TWICE_PASSED: "added again"}
"""The sentence that tells each of the codes."""


def wrong_beside(asking: Asking, same: Same, step: Step, name: str) -> list[Mistake]:
    """Whose mistake it is that a term is lost of two steps that use ``name``: of an operation that
    the step is made of, if it is that one's as well; the machinery's only if any of the operations
    that were asked loses what another one has given."""
    leaf, duels = leaf_of(step.operands.index(name)), Duels()
    for op in (op for op in CONTROLS if op != step.op):
        if op not in FIRST and not duels.is_open(step.op):
            break
        programs = list(beside(asking.program, asking.trace, step, name, op))
        lost = [_lost(asking, same, one, leaf) for one in programs]
        duels.fought(step.op, op, lost)
        thirds = chain.from_iterable(like(one, leaf) for one in programs if any(lost))
        for other in thirds if op in FIRST else ():
            duels.fought(other.by_name[RESULT].op, op, [_lost(asking, same, other, leaf)])
    if step.parents.count(name) > 1:  # it may have written over a term of its own
        duels.doubtful.add(step.op)
    told, around = duels.blamed(step.op), {one.op for one in asking.program.steps}
    told = [one for one in told if one[1] in around] or told
    if any(code == TWICE_PASSED for code, _ in told) and asking.verdict.unordered:
        return []  # it depends on an order that is another one next time
    found = [mistake(code, op, ABOUT[code], experiment=BESIDE) for code, op in told]
    parts = _of_a_part(asking, same, step, name) if step.op in {op for _, op in told} else []
    return parts or found


class Duels:
    """Pairs of operations that give a term each to one gradient: which of them has made the other's
    vanish (``beats``), and which has passed terms on twice, beside which others (``twice``).
    ``doubtful`` are those of which that could not be told each time."""

    def __init__(self) -> None:
        self.beats: dict[str, set[str]] = {}
        self.twice: dict[str, set[str]] = {}
        self.against: dict[str, set[str]] = {}
        self.doubtful: set[str] = set()

    def fought(self, one: str, other: str, lost: Iterable[str | None]) -> None:
        """Takes down what was lost where ``one`` and ``other`` were beside each other."""
        for code in lost:
            if code is None:
                self.doubtful.add(one if other in FIRST else other)
            else:
                for winner, loser in ((one, other), (other, one)):
                    self.against.setdefault(winner, set()).add(loser)
            if code == TWICE_PASSED:
                self.twice.setdefault(one, set()).add(other)
            elif code:
                winner, loser = (one, other) if code == "overwrite" else (other, one)
                self.beats.setdefault(winner, set()).add(loser)

    def blamed(self, op: str) -> list[tuple[str, str]]:
        """What is wrong with an operation, or with those that it has lost a term beside: each time
        a code and whom it is told of."""
        if self.twice.get(op):
            return [(TWICE_PASSED, ENGINE if len(self.twice) > 1 else op)]
        assigning = {one for one in self.beats if self._assigns(one)}
        if len(assigning) > 1 and assigning >= self.against.keys() - self.doubtful:
            return [("overwrite", ENGINE)]
        if op in assigning:
            return [("overwrite", op)]
        above = {one for one, losers in self.beats.items() if op in losers}
        if above - assigning:
            return [("missing-term", op)]
        below = self.beats.get(op, ())
        return [
            *(("overwrite", one) for one in sorted(above)),
            *(("missing-term", one) for one in sorted(below)),
        ]

    def is_open(self, op: str) -> bool:
        """Whether what is lost may be the other one's doing, for all that is known."""
        return any(code == "missing-term" for code, _ in self.blamed(op))

    def _assigns(self, op: str) -> bool:
        """Whether it writes over what is there: it makes several vanish, or one that does not
        vanish beside all others anyway."""
        return len(self.beats[op]) > 1 or not all(map(self._vanishes, self.beats[op]))

    def _vanishes(self, op: str) -> bool:
        """Whether its terms are lost beside any other, of several, and no other's beside it."""
        others = self.against[op]
        return (
            op not in self.beats
            and len(others) > 1
            and all(op in self.beats.get(other, ()) for other in others)
        )


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
    each is once, or that does not tell, as where the sum has not their shape."""
    if any(np.shape(term) != got.shape for term in terms):
        return None
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
