"""Lines that change a gradient one after another, run again with one of them changed: an experiment
that shows which of them is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from harness import languages
from harness.engines.staged.nodes import SAME, Array, Node
from harness.judging.staged.computing import again


class Change(NamedTuple):
    """What may be wrong with a line that changes a gradient: the mistake's code, the id of what is
    to be said, and what the gradient would be after the right line, given what it was before it and
    is after it."""

    code: str
    about: str
    mended: Callable[[Array, Array], Array]
    factor: str = ""

    def message(self) -> str:
        return languages.told("staged", self.about, factor=self.factor)


ADDED: Final = (
    Change("wrong-sign", "sign", lambda before, after: 2 * before - after),
    Change("wrong-scale", "factor", lambda before, after: (before + after) / 2, "2"),
    Change("wrong-scale", "factor", lambda before, after: 2 * after - before, "½"),
    Change("double-count", "line-too-much", lambda before, after: before),
)
"""Of a line that adds to what was there, or writes a part of it."""

SCALED: Final = (
    Change("wrong-sign", "sign", lambda before, after: -after),
    Change("wrong-scale", "factor", lambda before, after: after / 2, "2"),
    Change("wrong-scale", "factor", lambda before, after: 2 * after, "½"),
    Change("double-count", "line-too-much", lambda before, after: before),
)
"""Of the first line, and of one that multiplies what was there."""


def experiments(states: list[Node]) -> Iterator[tuple[int, Change, Array]]:
    """For each of the nodes that one gradient was after the other: what may be wrong with its line,
    and what would come out in the end without that."""
    last = states[-1]
    for number, node in enumerate(states):
        value = np.asarray(node.value, float)
        before = states[number - 1].value if number else np.zeros_like(value)
        if before.shape != value.shape:
            continue
        scales = not number or node.op in ("mul", "div", SAME)
        for change in SCALED if scales else ADDED:
            mended = np.asarray(change.mended(before, value))
            found = again(last, {node: mended})
            if found is not None:
                yield number, change, found
