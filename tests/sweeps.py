"""Sweeps over many things, of which a few are tried always, more in CI, and all by hand.

What is not tried always is marked ``slow``, and what CI tries of that ``sample``, too. Which ones
these are depends on their names and a fixed seed alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])
SEED = 1

LONG = (pytest.mark.slow, pytest.mark.sample)
"""The marks of what takes long by itself: it is left out of a quick run, and CI runs it."""


def long(test: Test) -> Test:
    """Gives a test the marks of :data:`LONG`."""
    for mark in LONG:
        test = mark(test)
    return test


def sweep(
    argument: str,
    things: Iterable[Any],
    always: int,
    sample: int,
    ids: Callable[[Any], str] = str,
    kind: Callable[[Any], str] | None = None,
) -> pytest.MarkDecorator:
    """Parametrises a test: ``always`` of the things are tried always, and ``sample`` more in CI, or
    where their ``kind`` is told so many of each kind."""
    every = list(things)

    def rank(thing: Any) -> float:
        return random.Random(f"{SEED} {ids(thing)}").random()

    ranked = sorted(every, key=rank)
    chosen = {ids(thing) for thing in ranked[:always]}
    counts: dict[str, int] = {}
    tried: set[str] = set()
    for thing in ranked[always:]:
        own = "" if kind is None else kind(thing)
        counts[own] = counts.get(own, 0) + 1
        tried |= {ids(thing)} if counts[own] <= sample else set()

    def marks(thing: Any) -> list[pytest.MarkDecorator]:
        slow = [pytest.mark.slow] if ids(thing) not in chosen else []
        return [*slow, pytest.mark.sample] if slow and ids(thing) in tried else slow

    return pytest.mark.parametrize(
        argument, [pytest.param(thing, marks=marks(thing), id=ids(thing)) for thing in every]
    )
