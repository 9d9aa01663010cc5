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
from harness.showing.amounts import amount, some
from harness.showing.lines import WIDTH, wrapped
from harness.showing.numbers import exact
from harness.vocabulary.program import Array

MOST_LINES = 8


def recognised(verdict: ByHand) -> Iterator[str]:
    """Whose gradient each name holds, and in which lines it is written."""
    forward = verdict.reading.forward
    output = forward.say(verdict.reading.output)
    seed = " (its upstream gradient is given)" if verdict.reading.seeded else ""
    yield f"output: {output}{seed}; gradients:"
    rows: dict[str, tuple[list[str], list[int]]] = {}
    for line in verdict.lines:
        event = line.event
        steps, lines = rows.setdefault(event.name, ([], []))
        if event.step is not None:
            told = forward.say(event.step)
            step = told.partition(" (no. ")[0]
            if step not in steps:
                steps.append(step)
        elif event.base is not None:
            steps += [event.base] * (event.base not in steps)
        if event.line not in lines:
            lines.append(event.line)
    wide = max(map(len, rows), default=0)
    for name, (steps, lines) in rows.items():
        whose = " and ".join(steps[:2]) or "?"
        yield f"  {name:<{wide}}  of {whose}, {_listed(verdict.text, lines)}"
    for name, place in verdict.reading.partials.items():
        yield f"  {name:<{wide}}  a local derivative, {where(verdict.text, place)}"


def _listed(text: str, lines: Sequence[int]) -> str:
    shown = sorted(lines)[:MOST_LINES]
    more = ", …" if len(lines) > MOST_LINES else ""
    if is_joined(text):
        return "; ".join(where(text, line) for line in shown) + more
    return f"line{'' if len(lines) == 1 else 's'} {', '.join(map(str, shown))}{more}"


def summary(verdict: ByHand) -> str:
    """How much of it is right, in one line."""
    most = len(verdict.by_line) + len(verdict.reading.unheard)
    right, blanks = verdict.right, verdict.blanks
    if verdict.wrong:
        first = verdict.wrong[0]
        at = where(verdict.text, first.event.line)
        told = f"{right} of {amount(most, 'line')} right; {at}: {first.event.name}"
    elif verdict.stopped is not None:
        at = where(verdict.text, verdict.stopped[0])
        told = f"{right} of {amount(most, 'line')} right; {at}: it stops there"
    elif blanks:
        told = f"{right} of {amount(most, 'line')} right, {blanks} still to be written"
    elif verdict.reading.unheard:
        name, place = next(iter(verdict.reading.unheard.items()))
        told = f"{right} of {amount(most, 'line')} right; line {place}: {name} is not judged"
    else:
        told = "its one line agrees" if most == 1 else f"all {most:,} lines agree"
        told += " with torch"
    return told


def findings(verdict: ByHand, text: str) -> Iterator[str]:
    """Each wrong line: what stands there, what it should give and what it gives, and why."""
    rows = text.splitlines()
    for number, line in enumerate(verdict.wrong, 1):
        yield from _finding(number, verdict, line, rows)
        yield ""
    if verdict.stopped is not None:
        place, message = verdict.stopped
        yield f"{place_of(verdict.file, verdict.text, place)}: {message}"
        if 0 < place <= len(rows):
            yield f"     {rows[place - 1].strip()}"
        yield ""
    for text in remarks(verdict):
        yield from wrapped(f"remark: {text}", WIDTH, 2)
        yield ""


def _finding(number: int, verdict: ByHand, line: Judged, rows: Sequence[str]) -> Iterator[str]:
    event = line.event
    step = event.idle if event.step is None else verdict.reading.forward.say(event.step)
    at = place_of(verdict.file, verdict.text, event.line)
    yield f"{number}. {at}: {event.name}, gradient of {step}: {line.code}"
    if 0 < event.line <= len(rows):
        yield f"     {rows[event.line - 1].strip()[: WIDTH - 5]}"
    yield from (f"   {part}" for part in wrapped(_sentence(line.message), WIDTH - 3))
    if line.expected is not None:
        yield from _numbers(line, _given(verdict, line))
    later = _inherited(verdict, line)
    if later:
        told = f"right about what they were given, and wrong for that: {some(later, 6)}"
        yield from (f"   {part}" for part in wrapped(told, WIDTH - 3))
    hint = f"Hint: {hint_of(line.code)}"
    yield from (f"   {part}" for part in wrapped(hint, WIDTH - 3, 6))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _given(verdict: ByHand, line: Judged) -> str:
    """What the expected number was worked out from, where that is wrong itself."""
    names = [
        _called(verdict, step)
        for step, value in line.sources.items()
        if not np.allclose(value, verdict.truth.gradients[step], 1e-6, 1e-9)
    ]
    return f"   (given what you had for {some(names, 3)})" if names else ""


def _called(verdict: ByHand, step: str) -> str:
    return next((x.event.name for x in verdict.lines if x.event.step == step), step)


def _numbers(line: Judged, given: str) -> Iterator[str]:
    assert line.expected is not None
    end = line.ended or line
    expected, got = line.expected, end.event.value
    where = f" after line {end.event.line}" if end is not line else ""
    if expected.shape != got.shape:
        yield f"   expected shape {expected.shape}{given}"
        yield f"   got      shape {got.shape}"
        return
    index = _worst(expected, got)
    at = f" at [{', '.join(map(str, index))}]" if index else ""
    yield f"   expected {exact(expected, index)}{at}{given}"
    yield f"   got      {exact(got, index)}{at}{where}"


def _worst(expected: Array, got: Array) -> tuple[int, ...]:
    if not expected.shape:
        return ()
    off = np.abs(np.nan_to_num(expected) - np.nan_to_num(got))
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))


def _inherited(verdict: ByHand, line: Judged) -> list[str]:
    """The lines that pass the mistake on, by their names."""
    found: Iterable[str] = (
        f"{other.event.name} (line {other.event.line})"
        for other in verdict.lines
        if other.status == INHERITED and line.event in other.event.above
    )
    return list(dict.fromkeys(found))
