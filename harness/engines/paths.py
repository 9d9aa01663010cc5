"""Whether an engine's backward pass follows every path, found out by small growing diamonds.

Where a result is used twice, a backward pass that recurses into each operand at once visits what
lies below once for every path: x doubled n times has 2^n of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise, takewhile
from types import FrameType
from typing import Final

from harness.engines.clock import attempt
from harness.engines.sources import is_engines
from harness.engines.trace import Trace
from harness.vocabulary.examples import FIRST
from harness.vocabulary.program import Program, Step

MOST_VISITS: Final = 1 << 16
"""A program in which every path can be followed, however an engine works, in a fraction of a
second."""

DOUBLINGS: Final = (4, 6, 8, 10)
EXPONENTIAL: Final = 8.0
"""How much faster the work grows from 8 to 10 doublings than from 4 to 6 in an engine that follows
every path: 16 times, and as much as once or twice in any other. Halfway lies 8."""


class EveryPath(RuntimeError):
    """Backward would visit more nodes than there is time for."""

    code = "every-path"


def visits(program: Program) -> int:
    """How many nodes a backward pass visits that follows every path from the output."""
    count = {program.output: 1}
    for step in reversed(program.steps):
        for name in step.parents:
            count[name] = count.get(name, 0) + count.get(step.name, 0)
    return sum(count.values())


def follows_every_path(run: Callable[[Program], Trace]) -> bool:
    """Whether the function calls in a run double with every doubling of an input."""
    for op in FIRST[:3]:
        calls = list(takewhile(bool, (_calls(run, _doubled(op, count)) for count in DOUBLINGS)))
        if len(calls) == len(DOUBLINGS):
            first, second, third, last = calls
            return last - third >= EXPONENTIAL * max(second - first, 1)
    return False


def _doubled(op: str, count: int) -> Program:
    """x, and ``count`` times the last result with itself."""
    names = ["x", *(f"s{i}" for i in range(count))]
    steps = tuple(Step(name, op, (before, before)) for before, name in pairwise(names))
    return Program({"x": 1.0}, {}, steps, dict.fromkeys(names, ()), 1.0)


def _calls(run: Callable[[Program], Trace], program: Program) -> int:
    """How many of the engine's functions a run calls; none if it does not get through, or takes
    long."""
    count = 0

    def see(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call" and is_engines(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        with attempt():
            trace = run(program)
    finally:
        # one that is no Python function, as cProfile's before Python 3.12, is enabled anew
        getattr(before, "enable", partial(sys.setprofile, before))()
    return 0 if trace.failure or trace.unsupported else count
