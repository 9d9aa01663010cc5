"""What a run of an engine costs, counted in the process that it runs in.

Python tells of every line that is begun, each turn of a loop anew; a line counts for the
instructions that are written on it, in code that is not the harness's. The number is the same in
every run, whatever else the machine does. What works outside of Python is not seen. Imports numpy
and the standard library alone.
"""

from __future__ import annotations

import dis
import gc
import inspect
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import numpy as np

from harness.engines.engine import Engine
from harness.engines.trace import Trace, Work
from harness.vocabulary.program import Program

PACKAGE: Final = str(Path(__file__).parents[1])
"""Where the harness lies, as its own frames have it: links are not followed."""

LIBRARIES: Final = (str(Path(os.__file__).parent), str(Path(np.__file__).parent), "<frozen ")
"""Where lies what both the harness and a submission make use of."""

BINARY: Final = {
    bytes((one.opcode, one.arg or 0))
    for text in ("a * b", "a *= b")
    for one in dis.get_instructions(compile(text, "", "exec"))
    if one.opname == "BINARY_OP"
}
"""A multiplication, and one in place, as code has them."""

JUMPS: Final = frozenset({*dis.hasjrel, *dis.hasjabs})
LEAVING: Final = ("RETURN", "RAISE")
"""How the instructions are called that end a call."""

SUSPENDED: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Of code that is left and gone on with."""

CALLS: Final = 0
"""No line has this number."""

TRACED: Final = 1 if sys.version_info < (3, 12) else 2
"""So often a run is traced: from Python 3.12 on the first time may leave out operations."""


def counted(engine: Engine, program: Program) -> Trace:
    """The engine's trace with the work that it took; without, where the harness calls it for each
    leaf."""
    if not engine.at_once(program):
        return engine.answer(program)
    engine.leaves_alone = True
    try:
        for _ in range(TRACED):
            trace, work = _worked(lambda: engine.answer(program))
    finally:
        engine.leaves_alone = False
    return replace(trace, work=work)


def _worked(run: Callable[[], Trace]) -> tuple[Trace, Work]:
    """What a run gives, with how many operations it has outside of the harness, and how many
    multiplications."""
    operations = multiplications = 0
    trace, counts = _begun(run)
    for code, begun in counts:
        for line, (written, multiplied) in _written(code).items():
            times = begun[CALLS if _is_straight(code) else line]
            operations += times * written
            multiplications += times * multiplied
    return trace, Work(operations, multiplications)


def _begun(run: Callable[[], Trace]) -> tuple[Trace, Iterable[tuple[CodeType, Counter[int]]]]:
    """What a run gives; the code outside of the harness that it goes through, and how often it
    begins each line of that, or, of straight code, how often it is called."""
    codes: dict[int, tuple[CodeType, Counter[int]]] = {}
    seeing: dict[int, Callable[..., Any] | None] = {}

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        own = id(frame.f_code)
        if own not in codes:
            if frame.f_code.co_filename.startswith(PACKAGE):
                return None
            codes[own] = frame.f_code, Counter()
            seeing[own] = None if _is_straight(frame.f_code) else _seen(codes[own][1])
        if frame.f_code.co_filename.startswith(LIBRARIES) and _serves_harness(frame):
            return None
        codes[own][1][CALLS] += 1
        return seeing[own]

    before, collects = sys.gettrace(), gc.isenabled()
    gc.disable()  # what is freed now and then may run code, too
    sys.settrace(enter)
    try:
        trace = run()
    finally:
        sys.settrace(before)
        if collects:
            gc.enable()
    return trace, codes.values()


def _serves_harness(frame: FrameType) -> bool:
    """Whether it is the harness that a library works for."""
    caller = frame.f_back
    while caller is not None and caller.f_code.co_filename.startswith(LIBRARIES):
        caller = caller.f_back
    return caller is None or caller.f_code.co_filename.startswith(PACKAGE)


def _seen(begun: Counter[int]) -> Callable[..., Any]:
    """What is told of every line of a code that is begun."""

    def see(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            begun[frame.f_lineno] += 1
        return see

    return see


@cache
def _written(code: CodeType) -> dict[int, tuple[int, int]]:
    """By line, how many instructions are written on it, and how many of them multiply."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for begin, end, line in code.co_lines():
        if line is not None:
            steps = [code.co_code[at : at + 2] for at in range(begin, end, 2)]
            before, multiplied = found[line]
            found[line] = before + len(steps), multiplied + sum(step in BINARY for step in steps)
    return found


@cache
def _is_straight(code: CodeType) -> bool:
    """Whether each call begins every line: none is left but for the next, or at the end. Then
    Python need not tell of lines, which takes most of the time."""
    if code.co_flags & SUSPENDED or code.co_exceptiontable:
        return False
    line_at = {at: line for begin, end, line in code.co_lines() for at in range(begin, end, 2)}
    steps = list(dis.get_instructions(code))
    last = line_at.get(steps[-1].offset)
    for step in steps:
        line = line_at.get(step.offset)
        jumps = step.opcode in JUMPS
        if jumps and (step.argval <= step.offset or line_at.get(step.argval) != line):
            return False
        if step.opname.startswith(LEAVING) and line != last:
            return False
    return True
