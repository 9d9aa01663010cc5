"""What a run of an engine costs, counted in the process that it runs in.

Python tells of every line that is begun, each turn of a loop anew; a line counts for the
instructions that are written on it, in code that is not the harness's. The number is the same in
every run, whatever else the machine does. What works outside of Python is not seen. Imports numpy
and the standard library alone.
"""

from __future__ import annotations

import dis
import gc
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from harness.engines.engine import Engine
from harness.engines.trace import Trace, Work
from harness.vocabulary.program import Program

PACKAGE: Final = str(Path(__file__).parents[1])
"""Where the harness lies, as its own frames have it: links are not followed."""

BINARY: Final = {
    bytes((one.opcode, one.arg or 0))
    for text in ("a * b", "a *= b")
    for one in dis.get_instructions(compile(text, "", "exec"))
    if one.opname == "BINARY_OP"
}
"""A multiplication, and one in place, as code has them."""

TRACED: Final = 1 if sys.version_info < (3, 12) else 2
"""So often a run is traced: from Python 3.12 on the first time may leave out operations."""


def counted(engine: Engine, program: Program) -> Trace:
    """The engine's trace with the work that it took; without, where the harness calls it for each
    leaf."""
    if not engine.at_once(program):
        return engine.answer(program)
    engine.leaves_alone = True
    try:
        trace = engine.answer(program)
        for _ in range(TRACED):
            work = _work(lambda: engine.answer(program))
    finally:
        engine.leaves_alone = False
    return replace(trace, work=work)


def _work(run: Callable[[], object]) -> Work:
    """How many operations a run has outside of the harness, and how many multiplications."""
    codes, begun = _lines(run)
    written = {own: _written(code) for own, code in codes.items()}
    counts = [(times, *written[own][line]) for (own, line), times in begun.items()]
    return Work(
        sum(times * operations for times, operations, _ in counts),
        sum(times * multiplications for times, _, multiplications in counts),
    )


def _lines(run: Callable[[], object]) -> tuple[dict[int, CodeType], Counter[tuple[int, int]]]:
    """The code outside of the harness that a run goes through, by its identity, and how often it
    begins each line of that."""
    codes: dict[int, CodeType] = {}
    begun = Counter[tuple[int, int]]()

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename.startswith(PACKAGE):
            return None
        codes[id(code)] = code
        return see

    def see(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            begun[id(frame.f_code), frame.f_lineno] += 1
        return see

    before, collects = sys.gettrace(), gc.isenabled()
    gc.disable()  # what is freed now and then may run code, too
    sys.settrace(enter)
    try:
        run()
    finally:
        sys.settrace(before)
        if collects:
            gc.enable()
    return codes, begun


def _written(code: CodeType) -> dict[int, tuple[int, int]]:
    """By line, how many instructions are written on it, and how many of them multiply."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for begin, end, line in code.co_lines():
        if line is not None:
            steps = [code.co_code[at : at + 2] for at in range(begin, end, 2)]
            before, multiplied = found[line]
            found[line] = before + len(steps), multiplied + sum(step in BINARY for step in steps)
    return found
