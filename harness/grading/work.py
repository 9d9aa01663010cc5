"""What a run of an engine costs, counted in the process that it runs in.

Operations are those that Python traces in code that is not the harness's. Their number is the same
in every run, whatever else the machine does. What works outside of Python is not seen. Imports
numpy and the standard library alone.
"""

from __future__ import annotations

import dis
import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from harness.engines.engine import Engine
from harness.engines.trace import Trace, Work
from harness.vocabulary.program import Program

PACKAGE: Final = str(Path(__file__).resolve().parents[1])

BINARY: Final = {
    (one.opcode, one.arg)
    for text in ("a * b", "a *= b")
    for one in dis.get_instructions(compile(text, "", "exec"))
    if one.opname == "BINARY_OP"
}
"""A multiplication, and one in place, as Python's instructions have them."""


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
    operations = multiplications = 0
    known: dict[int, tuple[CodeType, frozenset[int]]] = {}

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename.startswith(PACKAGE):
            return None
        if id(code) not in known:
            known[id(code)] = code, _multiplications(code)
        places = known[id(code)][1]

        def see(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal operations, multiplications
            if event == "opcode":
                operations += 1
                multiplications += frame.f_lasti in places
            return see

        frame.f_trace_lines, frame.f_trace_opcodes = False, True
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
    return Work(operations, multiplications)


def _multiplications(code: CodeType) -> frozenset[int]:
    """Where the code multiplies."""
    return frozenset(
        one.offset for one in dis.get_instructions(code) if (one.opcode, one.arg) in BINARY
    )
