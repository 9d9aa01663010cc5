"""Why a gradient is wrong: what it is made of, and the mistakes that would give it.

A gradient is the sum of its contributions, one for each use. So first: which of them arrived? And
if they all did, or one in a wrong form: which mistake, made in one contribution or in all of one
operation, gives the engine's number?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations, product
from types import MappingProxyType

import numpy as np

from harness.engines.trace import Trace
from harness.judging.judge import contributions
from harness.judging.leaks import leaks
from harness.judging.mistakes import (
    ENGINE,
    Mistake,
    Same,
    Term,
    factor,
    few_digits,
    is_multiple,
    mistake,
    operand_of,
)
from harness.judging.verdict import INHERITED, MISSING, Judgement, Verdict
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Step
from harness.vocabulary.signatures import OPERATIONS

MAX_SUBSETS = 10
"""Up to so many contributions, every subset of them is tried."""
MAX_PATHS = 4
"""Up to so many paths into a step, it is tried how often each was passed on."""


class Reading:
    """One wrong gradient, read beside the contributions that it should be the sum of.

    ``terms`` are these, as each of the mistakes that would explain it has them.
    """

    def __init__(self, verdict: Verdict, judgement: Judgement, same: Same) -> None:
        self.program, self.judgement, self.same = verdict.case.program, judgement, same
        self.name, self.expected = judgement.name, judgement.expected
        self.trace = verdict.trace
        if self.trace.leaves_only:
            # Without the engine's own upstream gradients, torch's have to do.
            self.trace = Trace(self.trace.values, verdict.truth.gradients)
        try:
            self.parts = contributions(self.program, self.name, self.trace)
        except Unanswerable:
            self.parts = []
        self.truth = verdict.truth
        self.terms: dict[Mistake, tuple[Term, ...]] = {}
        self.mistakes = self._mistakes()

    def terms_of(self, one: Mistake) -> tuple[Term, ...]:
        """The contributions beside one of the mistakes, or one that experiments have shown: those
        have arrived which the number tells of, or else those of other operations."""
        for known, terms in self.terms.items():
            if known == one or (known.code == one.code and known.op in (one.op, ENGINE)):
                return terms
        unknown = one.op == ENGINE
        return tuple(Term(part, None if unknown else part.step.op != one.op) for part in self.parts)

    def _mistakes(self) -> list[Mistake]:
        """Those that explain it, the likeliest first; at least one."""
        judgement, got = self.judgement, self.judgement.got
        if judgement.status == INHERITED:
            return [self._mistake("inherited", self._only(), "inherited", exact=False)]
        if judgement.status == MISSING or got is None:
            return self._lost("never reached")
        if got.dtype != self.expected.dtype and self.same(got, self.expected):
            return self._widened(got)
        if self.name == self.program.output:
            return self._output(got)
        if got.shape != self.expected.shape:
            return self._shape(got)
        self.total = np.asarray(sum(part.number for part in self.parts))
        if leaking := self._leaking(got):
            return leaking
        if not self.parts:
            return self._rest()
        if self.same(got, self.total):
            return self._rounded()
        found = [*self._by_subset(got)] or [*self._by_paths(got)] or self._aliased()
        if not found and few_digits(got, self.total):
            return self._rounded()
        return found or self._rest()

    def _widened(self, got: Array) -> list[Mistake]:
        dtypes = {"got": str(got.dtype), "expected": str(self.expected.dtype)}
        return [
            self._mistake("precision", op, "gradient dtype", operand=operand, facts=dtypes)
            for op, operand in self._blamable() or [(ENGINE, "")]
        ]

    def _rounded(self) -> list[Mistake]:
        return [
            self._mistake("precision", op, "digits", operand=operand)
            for op, operand in self._blamable()
        ]

    # -- who can be blamed ---------------------------------------------------------------------

    def _mistake(
        self,
        code: str,
        op: str,
        about: str,
        terms: Sequence[Term] | None = None,
        operand: str = "",
        exact: bool = True,
        facts: Mapping[str, str | int | float | None] = MappingProxyType({}),
    ) -> Mistake:
        told = mistake(code, op, about, operand, exact, facts=facts)
        known = [Term(part, None) for part in self.parts] if terms is None else terms
        self.terms.setdefault(told, tuple(known))
        return told

    def _only(self) -> str:
        ops = {step.op for step, _ in self._uses()}
        return ops.pop() if len(ops) == 1 else ENGINE

    def _uses(self) -> list[tuple[Step, int]]:
        return [
            pair
            for pair in self.program.uses.get(self.name, ())
            if pair[0].name in self.program.reaching
        ]

    def _blamable(self) -> list[tuple[str, str]]:
        """The operations that contribute, each with its operand's name."""
        return list(
            dict.fromkeys((step.op, operand_of(step, position)) for step, position in self._uses())
        )

    def _rest(self) -> list[Mistake]:
        names = ", ".join(dict.fromkeys(op for op, _ in self._blamable()))
        return [
            self._mistake(
                "wrong-rule", op, "rule", operand=operand, exact=False, facts={"rule": names}
            )
            for op, operand in self._blamable()
        ] or [self._mistake("wrong-rule", ENGINE, "gradient", exact=False)]

    def _leaking(self, got: Array) -> list[Mistake]:
        """What has come through steps that detach, and ought not to."""
        held_back = leaks(self.program, self.name, self.trace)
        through = sum((part.number for part in held_back), self.total)
        if not held_back or not self.same(got, np.asarray(through)):
            return []
        terms = [Term(part, True) for part in self.parts]
        ops = dict.fromkeys(part.step.op for part in held_back)
        return [self._mistake("leaked-gradient", op, "leaked", terms) for op in ops]

    # -- nothing, the seed, the shape ----------------------------------------------------------

    def _lost(self, about: str) -> list[Mistake]:
        none = [Term(part, False) for part in self.parts]
        found = self._blamable()
        exact = len(found) == 1
        told = [
            self._mistake(
                "lost-gradient", op, about, none, operand, exact, facts={"name": self.name}
            )
            for op, operand in found
        ]
        if len(found) != 1:
            told.insert(
                0, self._mistake("lost-gradient", ENGINE, about, none, facts={"name": self.name})
            )
        return told

    def _output(self, got: Array) -> list[Mistake]:
        if self.same(got, np.ones_like(self.expected)):
            return [self._mistake("seed-ignored", ENGINE, "seed")]
        if few_digits(got, self.expected):
            return [self._mistake("precision", ENGINE, "seed rounded")]
        if is_multiple(factor(got, self.expected, self.same)):
            facts = {"name": self.name}
            return [self._mistake("double-count", ENGINE, "passed on often", facts=facts)]
        aliased = self._aliased()
        if aliased:
            return aliased
        if got.shape != self.expected.shape:
            return [self._mistake("wrong-shape", ENGINE, "output shape", facts=self._shapes(got))]
        if not np.any(got):
            return [self._mistake("lost-gradient", ENGINE, "output lost")]
        own = next(step.op for step in self.program.steps if step.name == self.name)
        return [
            self._mistake("wrong-value", ENGINE, "output"),
            self._mistake("aliasing", own, "upstream written"),
        ]

    def _shapes(self, got: Array) -> dict[str, str]:
        return {"got": str(got.shape), "expected": str(self.expected.shape)}

    def _shape(self, got: Array) -> list[Mistake]:
        facts, blamable = self._shapes(got), self._blamable() or [(ENGINE, "")]
        exact = len(blamable) == 1
        return [
            self._mistake("wrong-shape", op, "shape", operand=operand, exact=exact, facts=facts)
            for op, operand in blamable
        ]

    # -- which contributions arrived -----------------------------------------------------------

    def _by_subset(self, got: Array) -> Iterator[Mistake]:
        """The contributions whose sum is the engine's number, if some of them are."""
        count = len(self.parts)
        sizes = range(count) if count <= MAX_SUBSETS else (0, 1, count - 1)
        found = False
        for size in sizes:
            if found and size > 1:  # nothing, or a single term that is nothing itself
                return
            # From the last on: where it is open which of equal terms arrived, it was the last.
            for chosen in combinations(range(count - 1, -1, -1), size):
                number = sum((self.parts[i].number for i in chosen), np.zeros_like(got))
                if self.same(got, np.asarray(number)):
                    yield from self._partly(set(chosen))
                    found = True
                    break

    def _partly(self, chosen: set[int]) -> Iterator[Mistake]:
        terms = [Term(part, i in chosen) for i, part in enumerate(self.parts)]
        if not chosen:
            yield from self._lost("none arrives")
            return
        lost = [i for i in range(len(self.parts)) if i not in chosen]
        if len(chosen) == 1 or max(lost) < min(chosen):
            about = "replaced"
            if len(chosen) == 1 and min(chosen) != len(self.parts) - 1:
                about = "only one"
            yield self._mistake("overwrite", ENGINE, about, terms)
        where = ", ".join(self.parts[i].step.name for i in lost)
        yield self._mistake("missing-term", ENGINE, "term", terms, facts={"where": where})

    # -- how often a contribution was passed on --------------------------------------------------

    def _by_paths(self, got: Array) -> Iterator[Mistake]:
        """A step that went back before all of its own terms had arrived, or more than once."""
        steps = {part.step.name: part.step for part in self.parts}
        for name, step in steps.items():
            group = [i for i, part in enumerate(self.parts) if part.step.name == name]
            with np.errstate(all="ignore"):
                rest = sum(part.number for i, part in enumerate(self.parts) if i not in group)
            try:
                own = contributions(self.program, name, self.trace)
            except Unanswerable:
                continue
            if not 2 <= len(own) <= MAX_PATHS:
                continue
            for often in product(range(4), repeat=len(own)):
                upstream = sum(n * part.number for n, part in zip(often, own, strict=True))
                with suppress(Unanswerable):
                    local = Local(self.program, step, self.trace.values, np.asarray(upstream))
                    wrong = sum(local.contribution(self.parts[i].position) for i in group)
                    if self.same(got, np.asarray(rest + wrong)):
                        terms = [Term(p, i not in group) for i, p in enumerate(self.parts)]
                        if min(often) > 0:
                            code, about = "double-count", "passed on often"
                        else:
                            code, about = "missing-term", "passed on early"
                        yield self._mistake(code, ENGINE, about, terms, facts={"name": name})
                        return

    def _aliased(self) -> list[Mistake]:
        """A gradient that lies in the same memory as another one, and holds that one's number."""
        found: list[Mistake] = []
        for other in self.trace.shared.get(self.name, ()):
            theirs = self.truth.gradients.get(other)
            if theirs is not None and not self.same(theirs, self.expected):
                found = [
                    self._mistake(
                        "aliasing", op, "same memory", facts={"name": self.name, "other": other}
                    )
                    for op in (ENGINE, *self._around(other))
                ]
                break
        return found

    def _around(self, other: str) -> list[str]:
        """The operations that handle two gradients: the steps' own, and those that contribute."""
        ops = [step.op for step in self.program.steps if step.name in (self.name, other)]
        for name in (self.name, other):
            ops += [step.op for step, _ in self.program.uses.get(name, ())]
        return [op for op in dict.fromkeys(ops) if op in OPERATIONS]
