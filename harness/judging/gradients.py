"""Why a gradient is wrong: what it is made of, and the mistakes that would give it.

A gradient is the sum of its contributions, one for each use. So first: which of them arrived? And
if they all did, or one in a wrong form: which mistake, made in one contribution or in all of one
operation, gives the engine's number?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations, product

import numpy as np

from harness.engines.trace import Trace
from harness.judging.forms import Forms
from harness.judging.judge import contributions
from harness.judging.suspects import (
    ENGINE,
    Contribution,
    Same,
    Suspect,
    Term,
    few_digits,
    overflows,
    reordered,
)
from harness.judging.verdict import INHERITED, MISSING, Judgement, Verdict
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Step
from harness.vocabulary.signatures import OPERATIONS

MAX_SUBSETS = 10
"""Up to so many contributions, every subset of them is tried."""
MAX_PATHS = 4
"""Up to so many paths into a step, it is tried how often each was passed on."""

GENERAL = ("missing-upstream", "wrong-scale", "wrong-rule", "double-count")
"""Codes that a step which is passed on too early, or too often, may look like."""

AXES = {"squeeze": "wrong-axis", "unsqueeze": "wrong-axis"}
"""What another order of a shape means where no order is changed."""

ACCUMULATE = "Accumulate instead of assigning: grad += local * upstream"
REPLACED = f"a later assignment replaced the earlier terms. {ACCUMULATE}"
ONLY_ONE = f"only one of the terms is kept. {ACCUMULATE}"


def suspects(verdict: Verdict, judgement: Judgement, same: Same) -> list[Suspect]:
    """The mistakes that explain a wrong gradient, the likeliest first; at least one."""
    return Explanation(verdict, judgement, same).suspects()


def terms(verdict: Verdict, judgement: Judgement, shown: Suspect, same: Same) -> tuple[Term, ...]:
    """The contributions to a wrong gradient, beside a mistake that experiments have shown: those
    have arrived which the number tells of, or else those of other operations."""
    explanation = Explanation(verdict, judgement, same)
    for suspect in explanation.suspects():
        if suspect.code == shown.code and suspect.op in (shown.op, ENGINE):
            return suspect.terms
    unknown = shown.op == ENGINE
    parts = explanation.parts
    return tuple(Term(part, None if unknown else part.step.op != shown.op) for part in parts)


class Explanation:
    """One wrong gradient beside the contributions that it should be the sum of."""

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
        self.forms = Forms(self.program, self.trace, self.same, only=len(self.parts) == 1)

    def suspects(self) -> list[Suspect]:
        judgement, got = self.judgement, self.judgement.got
        if judgement.status == INHERITED:
            message = "this step's own rule is right: a gradient above it is wrong"
            return [self._suspect("inherited", self._only(), message, exact=False)]
        if judgement.status == MISSING or got is None:
            return self._lost(f"no gradient ever reaches {self.name}")
        if got.dtype != self.expected.dtype and self.same(got, self.expected):
            return self._widened(got)
        if self.name == self.program.output:
            return self._output(got)
        if got.shape != self.expected.shape:
            return self._shape(got)
        if not self.parts:
            return self._rest()
        self.total = np.asarray(sum(part.number for part in self.parts))
        if self.same(got, self.total):
            return self._rounded()
        found = [*self._by_subset(got), *self._by_form(got)]
        if all(suspect.code in GENERAL for suspect in found):
            found += self._by_paths(got)
        if not found or all(suspect.code == "wrong-scale" for suspect in found):
            found = [*self._aliased(), *found]
        if not found and few_digits(got, self.total):
            return self._rounded()
        return found or self._rest()

    def _widened(self, got: Array) -> list[Suspect]:
        message = f"the gradient is {got.dtype}, and its value {self.expected.dtype}"
        return [
            self._suspect("precision", op, message, operand=operand)
            for op, operand in self._blamable() or [(ENGINE, "")]
        ]

    def _rounded(self) -> list[Suspect]:
        message = "right to a few digits only: finite differences, or float32?"
        return [
            self._suspect("precision", op, message, operand=operand)
            for op, operand in self._blamable()
        ]

    # -- who can be blamed ---------------------------------------------------------------------

    def _suspect(
        self,
        code: str,
        op: str,
        message: str,
        terms: Sequence[Term] | None = None,
        operand: str = "",
        exact: bool = True,
    ) -> Suspect:
        told = [Term(part, None) for part in self.parts] if terms is None else terms
        return Suspect(code, op, message, operand, exact, tuple(told))

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
            dict.fromkeys((step.op, _operand(step, position)) for step, position in self._uses())
        )

    def _rest(self) -> list[Suspect]:
        names = ", ".join(dict.fromkeys(op for op, _ in self._blamable()))
        message = f"the derivative that {names} passes on is wrong"
        return [
            self._suspect("wrong-rule", op, message, operand=operand, exact=False)
            for op, operand in self._blamable()
        ] or [self._suspect("wrong-rule", ENGINE, "the gradient is wrong", exact=False)]

    # -- nothing, the seed, the shape ----------------------------------------------------------

    def _lost(self, message: str) -> list[Suspect]:
        none = [Term(part, False) for part in self.parts]
        found = self._blamable()
        exact = len(found) == 1
        told = [
            self._suspect("lost-gradient", op, message, none, operand, exact)
            for op, operand in found
        ]
        told += self._cut_off([step for step, _ in self._uses()], none)
        if len(found) != 1:
            told.insert(0, self._suspect("lost-gradient", ENGINE, message, none))
        return told

    def _cut_off(self, steps: Sequence[Step], terms: Sequence[Term]) -> list[Suspect]:
        """Who has cut the graph, if no operand of ``steps`` gets anything: their consumers."""
        ops = {}
        for step in steps:
            for consumer, _ in self.program.uses.get(step.name, ()):
                if consumer.name in self.program.reaching:
                    ops[consumer.op] = f"{consumer.name} does not lead on to {step.name}"
        return [self._suspect("lost-gradient", op, message, terms) for op, message in ops.items()]

    def _output(self, got: Array) -> list[Suspect]:
        if self.same(got, np.ones_like(self.expected)):
            message = "the seed is ignored: backward starts at 1"
            return [self._suspect("seed-ignored", ENGINE, message)]
        if few_digits(got, self.expected):
            message = "the seed is rounded: keep gradients in the dtype of their values"
            return [self._suspect("precision", ENGINE, message)]
        aliased = self._aliased()
        if aliased:
            return aliased
        if got.shape != self.expected.shape:
            message = (
                f"the output's gradient has shape {got.shape}, its value {self.expected.shape}"
            )
            return [self._suspect("wrong-shape", ENGINE, message)]
        if not np.any(got):
            message = "the output holds no gradient after backward"
            return [self._suspect("lost-gradient", ENGINE, message)]
        message = "backward must start with the seed at the output, and leave it there"
        own = next(step.op for step in self.program.steps if step.name == self.name)
        writes = f"{own} writes into its own upstream gradient"
        return [
            self._suspect("wrong-value", ENGINE, message),
            self._suspect("aliasing", own, writes),
        ]

    def _shape(self, got: Array) -> list[Suspect]:
        shapes = f"the gradient has shape {got.shape}, its value {self.expected.shape}"
        if not self._blamable():  # nothing is made of it
            return [self._suspect("wrong-shape", ENGINE, shapes)]
        stretched = [
            (step.op, _operand(step, position))
            for step, position in self._uses()
            if step.operation.shape in ("broadcast", "matmul", "broadcast_to", "layer_norm")
            and self.program.shapes[step.name] != self.expected.shape
        ]
        try:
            grown = np.broadcast_shapes(got.shape, self.expected.shape) == got.shape
        except ValueError:
            grown = False
        if grown and stretched and got.size > self.expected.size:
            message = f"{shapes}: sum over the axes that were broadcast"
            return [
                self._suspect("missing-unbroadcast", op, message, operand=operand)
                for op, operand in dict.fromkeys(stretched)
            ]
        if got.ndim == self.expected.ndim and reordered(got, self.expected, self.same):
            message = f"{shapes}: its elements are in another order"
            return [
                self._suspect(AXES.get(op, "wrong-permutation"), op, message, operand=operand)
                for op, operand in self._blamable()
            ]
        return [
            self._suspect(code, op, message, operand=operand, exact=exact)
            for op, operand in self._blamable()
            for code, message, exact in self._shapes_of(op, got, shapes)
        ]

    def _shapes_of(self, op: str, got: Array, shapes: str) -> list[tuple[str, str, bool]]:
        """What is wrong with a shape, if it is this operation that has given it."""
        found = []
        for part in self.parts:
            if part.step.op != op or len(self.parts) > 1:
                continue
            for form in self.forms.of(part, None):
                if form.number.shape == got.shape and self.same(got, form.number):
                    code = "wrong-shape" if form.code == "wrong-rule" else form.code
                    found.append((code, f"{form.message} ({shapes})", True))
        return found or [("wrong-shape", shapes, len(self._blamable()) == 1)]

    # -- which contributions arrived -----------------------------------------------------------

    def _by_subset(self, got: Array) -> Iterator[Suspect]:
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

    def _partly(self, chosen: set[int]) -> Iterator[Suspect]:
        terms = [Term(part, i in chosen) for i, part in enumerate(self.parts)]
        if not chosen:
            yield from self._lost(f"no gradient arrives at {self.name}")
            return
        lost = [i for i in range(len(self.parts)) if i not in chosen]
        survivor = self.parts[min(chosen)]
        if len(chosen) == 1 or max(lost) < min(chosen):
            message = REPLACED
            if len(chosen) == 1 and min(chosen) != len(self.parts) - 1:
                message = ONLY_ONE
            op, operand = survivor.step.op, _operand(survivor.step, survivor.position)
            yield self._suspect("overwrite", ENGINE, message, terms)
            yield self._suspect("overwrite", op, message, terms, operand)
        where = ", ".join(self.parts[i].step.name for i in lost)
        message = f"the term through {where} never arrives"
        ops = {self.parts[i].step.op for i in lost}
        operands = {self._lost_operand(i, chosen) for i in lost}
        if len(ops) == 1:
            for operand in sorted(operands):
                yield self._suspect("missing-term", next(iter(ops)), message, terms, operand)
        yield from self._cut_off([self.parts[i].step for i in lost], terms)
        yield self._suspect("missing-term", ENGINE, message, terms)

    def _lost_operand(self, number: int, chosen: set[int]) -> str:
        """Which operand's term is lost; nothing if an equal one of the same step has arrived."""
        part = self.parts[number]
        for other in (self.parts[i] for i in chosen):
            if other.step is part.step and self.same(other.number, part.number):
                return ""
        return _operand(part.step, part.position)

    # -- what form a contribution has ----------------------------------------------------------

    def _by_form(self, got: Array) -> Iterator[Suspect]:
        """One mistake in one contribution, or in all of one operation, all else being right."""
        seen: set[tuple[str, str]] = set()
        for group in self._groups():
            parts = [self.parts[i] for i in group]
            with np.errstate(all="ignore"):
                rest = sum(part.number for i, part in enumerate(self.parts) if i not in group)
                arrived = got - rest
                every = [
                    [
                        form
                        for form in self.forms.of(part, arrived if len(parts) == 1 else None)
                        if form.number.shape == got.shape
                    ]
                    for part in parts
                ]
            for form in every[0]:
                others = [
                    next((f for f in forms if f.same_mistake(form)), None) for forms in every[1:]
                ]
                if any(other is None for other in others):
                    continue
                with np.errstate(all="ignore"):
                    wrong = form.number + sum(other.number for other in others if other is not None)
                if not self.same(got, np.asarray(rest + wrong)):
                    continue
                step = parts[0].step
                blame = (form.code, step.op)
                if blame in seen:
                    continue
                seen.add(blame)
                terms = [Term(part, i not in group) for i, part in enumerate(self.parts)]
                operand = _operand(step, parts[0].position) if len(parts) == 1 else ""
                code, message = form.code, form.message
                extreme = self.forms.extreme(parts[0])
                if overflows(got, self.total, self.same) and extreme:
                    code = "overflow"
                factor_two = form.code == "wrong-scale" and np.isclose(form.ratio, 2.0)
                reused = len(self.program.uses.get(step.name, ())) > 1
                if factor_two and (reused or step.name == self.program.output):
                    twice = f"{step.name} passes its gradient on twice"
                    yield self._suspect("double-count", ENGINE, twice, terms)
                yield self._suspect(code, step.op, message, terms, operand)

    def _groups(self) -> Iterator[tuple[int, ...]]:
        count = len(self.parts)
        if count <= 30:
            yield from ((i,) for i in range(count))
        for key in (_step_of, _operand_of, _op_of):
            groups: dict[object, list[int]] = {}
            for i, part in enumerate(self.parts):
                groups.setdefault(key(part), []).append(i)
            yield from (tuple(group) for group in groups.values() if len(group) > 1)

    # -- how often a contribution was passed on --------------------------------------------------

    def _by_paths(self, got: Array) -> Iterator[Suspect]:
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
                            message = f"{name} passes its gradient on more than once"
                            yield self._suspect("double-count", ENGINE, message, terms)
                        else:
                            message = (
                                f"{name} passes its gradient on before all of its own terms have "
                                "arrived: go through the steps in reverse topological order"
                            )
                            yield self._suspect("missing-term", ENGINE, message, terms)
                        return

    def _aliased(self) -> list[Suspect]:
        """A gradient that lies in the same memory as another one, and holds that one's number."""
        found = []
        for other in self.trace.shared.get(self.name, ()):
            theirs = self.truth.gradients.get(other)
            if theirs is not None and not self.same(theirs, self.expected):
                message = (
                    f"d{self.name} and d{other} are one and the same array, so that what is added "
                    "to one is added to the other: copy it, or add with a + b"
                )
                found.append(self._suspect("aliasing", ENGINE, message))
                found += [self._suspect("aliasing", op, message) for op in self._around(other)]
                break
        return found

    def _around(self, other: str) -> list[str]:
        """The operations that handle two gradients: the steps' own, and those that contribute."""
        ops = [step.op for step in self.program.steps if step.name in (self.name, other)]
        for name in (self.name, other):
            ops += [step.op for step, _ in self.program.uses.get(name, ())]
        return [op for op in dict.fromkeys(ops) if op in OPERATIONS]


def _operand(step: Step, position: int) -> str:
    """The operand's name in the vocabulary, or of a variadic operation's its number; nothing if it
    is the only name among the step's operands."""
    if len(step.parents) == 1:
        return ""
    operation = step.operation
    return f"#{position + 1}" if operation.variadic else operation.operand(position)


def _step_of(part: Contribution) -> object:
    return part.step.name


def _operand_of(part: Contribution) -> object:
    return part.step.op, _operand(part.step, part.position)


def _op_of(part: Contribution) -> object:
    return part.step.op
