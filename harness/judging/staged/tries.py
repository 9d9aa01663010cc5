"""The well-known mistakes that a wrong line is tried for, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import combinations
from typing import NamedTuple

import numpy as np

from harness import languages
from harness.judging.forms import Answer, Form, forms
from harness.judging.mistakes import Contribution, factor, reordered
from harness.judging.mistakes import Mistake as Told
from harness.judging.staged.chains import MOST_DIGITS
from harness.judging.staged.meant import ENGINE, Meant
from harness.judging.staged.pulling import Pulled
from harness.judging.wording import factor as factor_text
from harness.judging.wording import sentence
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

ENOUGH = 1e-6
MOST_PARTS = 60
"""So many contributions between two names are looked into, the nearest first."""


class Mistake(NamedTuple):
    """A code of :mod:`harness.judging.codes`, the operation, and a sentence."""

    code: str
    op: str
    message: str


Attempt = Callable[[Mapping[str, Array], Pulled], Iterator[Mistake]]


class Tries(Meant):
    """Each yields what may be wrong with the line, made of some sources and what they bring."""

    def _shaped(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """Another shape than the step has."""
        right, got = pulled.total(self.shape), self.got
        if got.shape == right.shape:
            if not np.any(got):
                told = languages.told("staged", "zeros-alone")
                yield Mistake("lost-gradient", self._nearest(pulled), told)
            return
        yield from self._without_upstream(sources, pulled)
        shapes = languages.told("staged", "shapes", got=got.shape, expected=right.shape)
        op = self._nearest(pulled)
        if got.ndim == 2 and got.T.shape == right.shape and self.same(got.T, right):
            yield Mistake(
                "wrong-permutation", op, languages.told("staged", "not-transposed", shapes=shapes)
            )
        for axes in _axes(got.ndim):
            summed = got.sum(axis=axes)
            if summed.size == right.size and self.same(summed.reshape(right.shape), right):
                which = ", ".join(map(str, axes))
                told = languages.told("staged", "not-summed-over", axis=which, shapes=shapes)
                yield Mistake("missing-unbroadcast", op, told)
        if got.size == right.size and self.same(got.reshape(right.shape), right):
            yield Mistake("wrong-shape", op, languages.told("staged", "reshaped", shapes=shapes))
        yield from self._summed_elsewhere(sources, pulled)
        yield from self._formed(sources, pulled)
        if (hint := self._hint(sources, pulled)) is not None:
            yield Mistake(
                "wrong-rule", op, languages.told("staged", "shapes-and", shapes=shapes, hint=hint)
            )
        with suppress(ValueError):
            if np.broadcast_shapes(got.shape, right.shape) == got.shape and got.size > right.size:
                told = languages.told("staged", "not-summed", shapes=shapes)
                yield Mistake("missing-unbroadcast", op, told)
        yield Mistake("wrong-shape", op, shapes)

    def _plain(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        right = pulled.total(self.shape)
        op = self._nearest(pulled)
        if self.got.shape != right.shape:
            return
        if self.got.size > 1 and self.same(self.got, -right) and np.any(right):
            yield Mistake("wrong-sign", op, languages.told("staged", "sign"))
        adds = self.event.how == "+="
        if np.any(self.line.carried) and not self.line.sources and not adds:
            ratio = factor(self.event.value, np.asarray(self.line.carried), self.same)
            if ratio is not None and abs(ratio + 1) < ENOUGH:
                yield Mistake("wrong-sign", ENGINE, languages.told("staged", "sign"))
            elif ratio is not None:
                message = languages.told("staged", "factor", factor=factor_text(ratio, 0))
                yield Mistake("wrong-scale", ENGINE, message)
        if np.any(self.line.carried) and np.any(right) and not adds:
            whole = right * self.unit + self.line.carried
            if self.same(self.event.value, -whole):
                yield Mistake("wrong-sign", op, languages.told("staged", "sign-of-whole"))
            ratio = factor(self.event.value, whole, self.same)
            if ratio is not None and (right.size > 1 or ratio in (2.0, 0.5)):
                message = languages.told("staged", "factor-of-whole", factor=factor_text(ratio, 0))
                yield Mistake("wrong-scale", op, message)
        terms = list(pulled.terms.values())
        for gone in range(len(terms) if len(terms) > 1 else 0):
            flipped = sum(-one if i == gone else one for i, one in enumerate(terms))
            if self.same(self.got, np.asarray(flipped)) and np.any(self.got):
                step = list(pulled.terms)[gone][0]
                told = languages.told("staged", "term-through", step=self._told(step))
                yield Mistake("wrong-sign", self.program.by_name[step].op, told)
        if (
            self.got.ndim == 2
            and self.got.shape == self.got.T.shape
            and self.same(self.got.T, right)
        ):
            yield Mistake("wrong-permutation", op, languages.told("staged", "rows-and-columns"))

    def _negated(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        right = pulled.total(self.shape)
        if self.same(self.got, -right) and np.any(right):
            yield Mistake("wrong-sign", self._nearest(pulled), languages.told("staged", "sign"))
        for edge, number in pulled.terms.items() if len(pulled.terms) > 1 else ():
            if self.same(self.got, -number) and np.any(number):
                op = self.program.by_name[edge[0]].op
                told = languages.told("staged", "sign-through", step=self._told(edge[0]))
                yield Mistake("wrong-sign", op, told)

    def _without_upstream(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """The local derivative alone."""
        for name, value in sources.items():
            if np.all(value == 1.0):
                continue
            ones = {**sources, name: np.ones_like(value)}
            pairs = zip(
                self.judging.variants(self.step, sources),
                self.judging.variants(self.step, ones),
                strict=False,
            )
            for own, other in pairs:
                changed = [
                    other.total(self.shape),
                    *(other.terms[e] for e in other.terms if not self._alike(own, other, e)),
                ]
                unscaled = (self.got, self.got * self.unit)
                if any(self.same(got, number) for got in unscaled for number in changed):
                    told = languages.told("staged", "upstream-forgotten", name=self._gradient(name))
                    yield Mistake("missing-upstream", self._nearest(pulled), told)
            bare = next(self.judging.variants(self.step, {name: np.ones_like(value)}), None)
            if bare is not None and bare.terms and self._loose(bare.total(self.shape)):
                told = languages.told("staged", "upstream-forgotten", name=self._gradient(name))
                yield Mistake("missing-upstream", self._nearest(pulled), told)

    def _alike(self, own: Pulled, other: Pulled, edge: tuple[str, int]) -> bool:
        """Whether a term is the same in both."""
        return edge in own.terms and self.same(own.terms[edge], other.terms[edge])

    def _loose(self, right: Array) -> bool:
        """Whether the line brings that, stretched or not."""
        if not np.any(right):
            return False
        if self.same(self.got, right):
            return True
        return self.got.ndim == 0 and right.size > 0 and bool(np.all(right == self.got))

    def _formed(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """One mistake in one contribution between the sources and the step."""
        shifts = {
            (part.step.name, part.position): np.zeros_like(part.number)
            for part in pulled.parts
            if part.step.op == "max"
        }
        for part in pulled.parts[::-1][:MOST_PARTS]:
            edge = part.step.name, part.position
            yield from self._factor_gone(sources, pulled, part)
            with suppress(Unanswerable):
                named = part.step.name in self.judging.reading.forward.labels.values()
                for form in self._forms(part, pulled.upstreams[part.step.name]):
                    if form.code == "missing-upstream" and not named:
                        continue  # there is no gradient with a name to forget
                    if form.number.shape != part.number.shape and edge not in pulled.terms:
                        continue
                    number = self._through(sources, pulled, {edge: form.number})
                    if number is not None and self.same(self.got, number):
                        op = part.step.op
                        facts = (("rule", op), *form.facts)
                        said = sentence(Told(form.code, op, form.about, facts))
                        yield Mistake(form.code, op, said)
            if edge not in pulled.terms or len(pulled.terms) == 1:
                gone = {edge: np.zeros_like(part.number)}
                numbers = [self._through(sources, pulled, gone)]
                if shifts:  # what is taken out of a softmax has no part in it
                    numbers.append(self._through(sources, pulled, {**shifts, **gone}))
                if any(
                    number is not None and np.any(number) and self.same(self.got, number)
                    for number in numbers
                ):
                    told = languages.told(
                        "staged", "nothing-through", where=self._told(part.step.name)
                    )
                    yield Mistake("missing-term", part.step.op, told)

    def _factor_gone(
        self, sources: Mapping[str, Array], pulled: Pulled, part: Contribution
    ) -> Iterator[Mistake]:
        """The other factor of a product is not multiplied by."""
        upstream = pulled.upstreams[part.step.name]
        if part.step.op == "mul" and upstream.shape == part.number.shape:
            edge = part.step.name, part.position
            number = self._through(sources, pulled, {edge: upstream})
            if number is not None and self.same(self.got, number):
                other = self._told(str(part.step.operands[1 - part.position]))
                told = languages.told("staged", "factor-missing", name=other)
                yield Mistake("wrong-rule", "mul", told)

    def _forms(self, part: Contribution, upstream: Array) -> Iterator[Form]:
        """What well-known mistakes make of a contribution."""
        local = Choices(self.program, part.step, self.judging.graph.values, upstream)
        yield from forms(Answer(self.program, local, part.position, part.number, part.number))

    def _through(
        self, sources: Mapping[str, Array], pulled: Pulled, instead: Mapping[tuple[str, int], Array]
    ) -> Array | None:
        """What would arrive with another contribution on the way."""
        if instead.keys() <= pulled.terms.keys():
            terms = [instead.get(edge, number) for edge, number in pulled.terms.items()]
            with suppress(ValueError):
                return np.asarray(sum(terms[1:], terms[0]))
            return None
        output = {self.program.output: np.asarray(self.program.seed, float)}
        starts = {
            name: pulled.upstreams[name] for name in (*sources, *output) if name in pulled.upstreams
        }
        with suppress(Unanswerable, ValueError):
            again = self.judging.graph.pull(
                starts, self.step, self._stops(sources, pulled), instead
            )
            return again.total(self.shape)
        return None

    def _one_term(
        self, sources: Mapping[str, Array], pulled: Pulled, simple: bool = False
    ) -> Iterator[Mistake]:
        """One of several terms is there twice, or off by a factor: a ``simple`` one, or any."""
        if len(pulled.terms) < 2 or not np.any(self.got):
            return
        total = pulled.total(self.shape)
        for edge, number in pulled.terms.items():
            ratio = factor(self.got - (total - number), number, self.same)
            if ratio is None:
                continue
            op, told = self.program.by_name[edge[0]].op, self._told(edge[0])
            if abs(ratio - 2) < ENOUGH:
                yield Mistake("double-count", op, languages.told("staged", "term-twice", step=told))
            elif (lost := self._size(ratio)) is not None:
                yield Mistake(
                    "wrong-scale", op, languages.told("staged", "in-term", step=told, lost=lost)
                )
            elif number.size > 1 and _is_told(text := factor_text(ratio, 0), simple):
                message = languages.told("staged", "factor-through", step=told, factor=text)
                yield Mistake("wrong-scale", op, message)

    def _hint(self, sources: Mapping[str, Array], pulled: Pulled) -> str | None:
        """What a line should be made of and is not, where it is made of something else."""
        has = self.line.sources.keys()
        missing, other = sorted(sources.keys() - has), sorted(has - sources.keys())
        if missing and other and self.program.output not in missing:
            instead, right = self._gradient(other[0]), self._gradient(missing[0])
            if instead != right:
                return languages.told("staged", "made-of", was=instead, right=right)
        named = set(self.judging.reading.forward.labels.values())
        used, wanted = self._used(), self._wanted(pulled, named) & named
        missing, other = sorted(wanted - used - {self.step}), sorted(used - wanted)
        if missing and other:
            was, right = self._told(other[0]), self._told(missing[0])
            return languages.told("staged", "taken-at", was=was, right=right)
        return None

    def _other_upstream(
        self, sources: Mapping[str, Array], pulled: Pulled, told: bool = False
    ) -> Iterator[Mistake]:
        """The right rule with the gradient of another step; ``told``: the line says so itself."""
        held = dict(self.line.sources)
        for other in self.judging.lines if not told else ():
            if other is self.line:
                break
            if other.event.step is not None and other.event.node is not None:
                held.setdefault(other.event.step, other.event.value)
        for name, value in sources.items():
            for wrong, number in held.items():
                if wrong == name or (told and name in held) or self.same(number, value):
                    continue
                if number.ndim > value.ndim:
                    continue
                swapped = {**sources, name: np.broadcast_to(number, value.shape)}
                for again in self.judging.variants(self.step, swapped):
                    if np.any(self.got) and self.same(self.got, again.total(self.shape)):
                        message = languages.told(
                            "staged",
                            "go-on-from",
                            was=self._gradient(wrong),
                            right=self._gradient(name),
                        )
                        yield Mistake("wrong-rule", self._nearest(pulled), message)

    def _other_value(
        self, sources: Mapping[str, Array], pulled: Pulled, told: bool = False
    ) -> Iterator[Mistake]:
        """The right rule at another value: of the input for the output, of another step; ``told``:
        the right one does not stand in the line at all."""
        used = self._used()
        values = self.judging.graph.values
        named = set(self.judging.reading.forward.labels.values())
        wanted = self._wanted(pulled, named)
        for wrong in sorted(used):
            for name in sorted((wanted & named) - {wrong} - (used if told else set())):
                if values[name].shape != values[wrong].shape:
                    continue
                again = self.judging.graph.pull(
                    {n: pulled.upstreams[n] for n in sources if n in pulled.upstreams},
                    self.step,
                    self._stops(sources, pulled),
                    values=self._with(name, values[wrong], named),
                )
                if self.same(self.got, again.total(self.shape)):
                    message = languages.told(
                        "staged", "taken-at", was=self._told(wrong), right=self._told(name)
                    )
                    yield Mistake("wrong-rule", self._nearest(pulled), message)

    def _factor(
        self, sources: Mapping[str, Array], pulled: Pulled, simple: bool = False
    ) -> Iterator[Mistake]:
        """Off by a factor: a ``simple`` one, or any."""
        right = pulled.total(self.shape)
        ratio = factor(self.got, right, self.same)
        if ratio is not None:
            told = factor_text(ratio, 0)
            if (right.size > 1 and _is_told(told, simple)) or len(told) < MOST_DIGITS:
                message = languages.told("staged", "factor", factor=told)
                yield Mistake("wrong-scale", self._nearest(pulled), message)

    def _size_lost(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """Off by one of the sizes that there are."""
        ratio = factor(self.got, pulled.total(self.shape), self.same)
        lost = None if ratio is None else self._size(ratio)
        if lost is not None:
            yield Mistake("wrong-scale", self._nearest(pulled), lost)

    def _without_a_name(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """A number that has a name is not multiplied by, or once too often."""
        ratio = factor(self.got, pulled.total(self.shape), self.same)
        told = None if ratio is None else self._named_factor(ratio)
        if told is not None:
            yield Mistake("wrong-scale", self._nearest(pulled), told)

    def _reordered(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        if reordered(self.got, pulled.total(self.shape), self.same):
            message = languages.told("staged", "reordered")
            yield Mistake("wrong-permutation", self._nearest(pulled), message)

    def _summed_elsewhere(self, sources: Mapping[str, Array], pulled: Pulled) -> Iterator[Mistake]:
        """A sum over another axis than the one that was broadcast."""
        for number in pulled.upstreams.values():
            for axes in _axes(number.ndim):
                for kept in (False, True):
                    if self.same(self.got, number.sum(axis=axes, keepdims=kept)):
                        which = ", ".join(map(str, axes))
                        told = languages.told("staged", "summed-elsewhere", axis=which)
                        yield Mistake("wrong-axis", self._nearest(pulled), told)


def _is_told(factor: str, simple: bool) -> bool:
    return not simple or len(factor) < MOST_DIGITS


def _axes(rank: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, rank + 1):
        yield from combinations(range(rank), count)
