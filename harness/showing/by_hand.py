"""A backward pass written by hand, as its author reads of it: what it is, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from harness.engines.staged.cells import is_joined, where
from harness.engines.staged.cells import place as place_of
from harness.judging.codes import hint_of
from harness.judging.staged.bringing import Line as Judged
from harness.judging.staged.judging import ByHand
from harness.judging.staged.result import remarks
from harness.judging.verdict import INHERITED
from harness.languages.width import padded, wide
from harness.showing.amounts import amount, some
from harness.showing.lines import WIDTH, wrapped
from harness.showing.numbers import exact
from harness.showing.words import capital, say
from harness.vocabulary.program import Array

MOST_LINES = 8


def recognised(verdict: ByHand) -> Iterator[str]:
    """Whose gradient each name holds, and in which lines it is written."""
    forward = verdict.reading.forward
    output = forward.say(verdict.reading.output)
    seed = say("seed-is-given") if verdict.reading.seeded else ""
    yield say("output-and-gradients", output=output, seed=seed)
    rows: dict[str, tuple[list[str], list[int]]] = {}
    for line in verdict.lines:
        event = line.event
        steps, lines = rows.setdefault(event.name, ([], []))
        if event.step is not None:
            step = forward.name(event.step)
            if step not in steps:
                steps.append(step)
        elif event.base is not None:
            steps += [event.base] * (event.base not in steps)
        if event.line not in lines:
            lines.append(event.line)
    wide_ = max(map(wide, rows), default=0)
    for name, (steps, lines) in rows.items():
        whose = say("both", one=steps[0], other=steps[1]) if len(steps) > 1 else "".join(steps)
        told = say("gradient-of", step=whose or "?", lines=_listed(verdict.text, lines))
        yield f"  {padded(name, wide_)}  {told}"
    for name, place in verdict.reading.partials.items():
        told = say("local-derivative-in", line=where(verdict.text, place))
        yield f"  {padded(name, wide_)}  {told}"


def _listed(text: str, lines: Sequence[int]) -> str:
    shown = sorted(lines)[:MOST_LINES]
    more = say("and-so-on") if len(lines) > MOST_LINES else ""
    if is_joined(text):
        return say("listed-places").join(where(text, line) for line in shown) + more
    about = "in-line" if len(lines) == 1 else "in-lines"
    return say(about, lines=say("listed").join(map(str, shown)) + more)


def summary(verdict: ByHand) -> str:
    """How much of it is right, in one line."""
    most = len(verdict.by_line) + len(verdict.reading.unheard)
    right = {"right": verdict.right, "lines": amount(most, "line")}
    if verdict.wrong:
        first = verdict.wrong[0].event
        return say("right-and-wrong", **right, at=where(verdict.text, first.line), name=first.name)
    if verdict.stopped is not None:
        return say("right-and-stops", **right, at=where(verdict.text, verdict.stopped[0]))
    if verdict.blanks:
        return say("right-and-blank", **right, blanks=verdict.blanks)
    if verdict.reading.unheard:
        name, place = next(iter(verdict.reading.unheard.items()))
        return say("right-and-unheard", **right, line=place, name=name)
    return say("one-line-agrees") if most == 1 else say("lines-agree", count=most)


def findings(verdict: ByHand, text: str) -> Iterator[str]:
    """Each wrong line: what stands there, what it should give and what it gives, and why."""
    rows = text.splitlines()
    for number, line in enumerate(verdict.wrong, 1):
        yield from _finding(number, verdict, line, rows)
        yield ""
    if verdict.stopped is not None:
        place, message = verdict.stopped
        at = place_of(verdict.file, verdict.text, place)
        yield say("mistake", code=at, message=message)
        if 0 < place <= len(rows):
            yield f"     {rows[place - 1].strip()}"
        yield ""
    for text in remarks(verdict):
        yield from wrapped(say("remarked", message=text), WIDTH, 2)
        yield ""


def _finding(number: int, verdict: ByHand, line: Judged, rows: Sequence[str]) -> Iterator[str]:
    event = line.event
    step = event.idle if event.step is None else verdict.reading.forward.say(event.step)
    at = place_of(verdict.file, verdict.text, event.line)
    title = say("line-title", at=at, name=event.name, step=step, code=line.code)
    yield f"{number}. {title}"
    if 0 < event.line <= len(rows):
        yield f"     {rows[event.line - 1].strip()[: WIDTH - 5]}"
    yield from (f"   {part}" for part in wrapped(_sentence(line.message), WIDTH - 3))
    if line.expected is not None:
        yield from _numbers(line, _given(verdict, line))
    later = _inherited(verdict, line)
    if later:
        told = say("wrong-for-what-was-given", names=some(later, 6))
        yield from (f"   {part}" for part in wrapped(told, WIDTH - 3))
    hint = capital(say("hint", hint=hint_of(line.code)))
    yield from (f"   {part}" for part in wrapped(hint, WIDTH - 3, 6))


def _sentence(text: str) -> str:
    return capital(text) + say("stop")


def _given(verdict: ByHand, line: Judged) -> str:
    """What the expected number was worked out from, where that is wrong itself."""
    names = [
        _called(verdict, step)
        for step, value in line.sources.items()
        if not np.allclose(value, verdict.truth.gradients[step], 1e-6, 1e-9)
    ]
    return say("given-what-you-had", names=some(names, 3)) if names else ""


def _called(verdict: ByHand, step: str) -> str:
    return next((x.event.name for x in verdict.lines if x.event.step == step), step)


def _numbers(line: Judged, given: str) -> Iterator[str]:
    assert line.expected is not None
    end = line.ended or line
    expected, got = line.expected, end.event.value
    after = say("after-line", line=end.event.line) if end is not line else ""
    heads = say("expected"), say("got")
    heads = heads[0], padded(heads[1], wide(heads[0]))
    if expected.shape != got.shape:
        yield f"   {heads[0]} {say('of-shape', shape=expected.shape)}{given}"
        yield f"   {heads[1]} {say('of-shape', shape=got.shape)}"
        return
    index = _worst(expected, got)
    at = say("at-place", place=list(index)) if index else ""
    yield f"   {heads[0]} {exact(expected, index)}{at}{given}"
    yield f"   {heads[1]} {exact(got, index)}{at}{after}"


def _worst(expected: Array, got: Array) -> tuple[int, ...]:
    if not expected.shape:
        return ()
    off = np.abs(np.nan_to_num(expected) - np.nan_to_num(got))
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))


def _inherited(verdict: ByHand, line: Judged) -> list[str]:
    """The lines that pass the mistake on, by their names."""
    names: Iterable[str] = (
        say("name-in-line", name=other.event.name, line=other.event.line)
        for other in verdict.lines
        if other.status == INHERITED and line.event in other.event.above
    )
    return list(dict.fromkeys(names))
