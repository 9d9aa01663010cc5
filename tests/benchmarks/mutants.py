"""How many mutants of minigrad this suite catches, and how many other ways of testing would.

`python tests/benchmarks/mutants.py` prints a table: the same mutants against the suite; against
two scalar expressions at one point, leaves only; against the suite's programs with an upstream
gradient of ones, leaves only; and against central differences with a step of 1e-2.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from mutants import build, mutants  # noqa: E402
from test_mutants import EQUIVALENT, suite, told_by  # noqa: E402

from harness.engines import reference  # noqa: E402
from harness.engines.adapter import ObjectEngine  # noqa: E402
from harness.engines.loading import load  # noqa: E402
from harness.engines.trace import Trace  # noqa: E402
from harness.judging.comparing import close  # noqa: E402
from harness.judging.judge import judge  # noqa: E402
from harness.language.case import decode  # noqa: E402
from harness.vocabulary.program import Program  # noqa: E402

Check = Callable[[ObjectEngine, Collection[Path]], bool]
"""Whether an engine is caught. Of the suite's cases only those at the given paths can tell: the
others do not run what was changed."""

TWO_EXPRESSIONS = (
    """
    about: many operations at one point
    inputs: {x: -3.0}
    steps:
      p: 3 * x + 1 + x
      q: relu(p) + p * x
      r: relu(p * p)
      f: r + q + q * x
    """,
    """
    about: many operations at another point
    inputs: {a: -3.0, b: 1.5}
    steps:
      c: a + b
      d: a * b + b ** 3
      e: c + c + 1
      g: e + 1 + c - a
      h: d + d * 2 + relu(b + a)
      i: h + 3 * d + relu(b - a)
      j: (g - i) ** 2
      f: j / 2.0 + 10.0 / j
    """,
)


def whole_suite() -> Check:
    cases = suite()

    def caught(engine: ObjectEngine, telling: Collection[Path]) -> bool:
        for case, truth in cases:
            if case.path not in telling:
                continue
            verdict = judge(case, truth, engine.run(case.program))
            passes = (verdict.forward, verdict.backward, verdict.second)
            if any(direction.status != "passed" for direction in passes):
                return True
        return False

    return caught


def leaves_only(programs: list[tuple[Path | None, Program, Trace]]) -> Check:
    """The output's value and the inputs' gradients alone."""

    def caught(engine: ObjectEngine, telling: Collection[Path]) -> bool:
        for path, program, truth in programs:
            if path is not None and path not in telling:
                continue
            trace = engine.run(program)
            if trace.failure is not None or trace.unsupported is not None:
                return True
            pairs: list[tuple[Any, Any]] = [
                (trace.values[program.output], truth.values[program.output])
            ]
            for name in program.inputs:
                zero = np.zeros(program.shapes[name])
                pairs.append((trace.gradients.get(name, zero), truth.gradients[name]))
            if not all(close(got, expected, 1e-6, 1e-9) for got, expected in pairs):
                return True
        return False

    return caught


def with_ones() -> Check:
    programs = []
    for case, _ in suite():
        program = case.program
        shape = program.shapes[program.output]
        ones = 1.0 if not shape else np.ones(shape, dtype=program.dtype)
        program = replace(program, seed=ones, order=1, backward_calls=1)
        programs.append((case.path, program, reference.evaluate(program)))
    return leaves_only(programs)


def differences(step: float = 1e-2) -> Check:
    """The inputs' gradients against central differences of the engine's own values."""
    programs = []
    for case, truth in suite():
        finite = [*truth.values.values(), *truth.gradients.values()]
        small = sum(np.size(value) for value in case.program.inputs.values()) <= 12
        if small and "kink" not in case.tags and all(np.isfinite(a).all() for a in finite):
            shape = case.program.shapes[case.program.output]
            ones = 1.0 if not shape else np.ones(shape, dtype=case.program.dtype)
            programs.append(
                (case.path, replace(case.program, seed=ones, order=1, backward_calls=1))
            )

    def total(engine: ObjectEngine, program: Program) -> float:
        trace = engine.run(program)
        if program.output not in trace.values:
            raise ArithmeticError
        return float(np.sum(trace.values[program.output]))

    def holds(engine: ObjectEngine, program: Program) -> bool:
        trace = engine.run(program)
        if trace.failure is not None or trace.unsupported is not None:
            return False
        for name, value in program.inputs.items():
            flat = np.array(value, dtype=float).reshape(-1)
            got = np.reshape(trace.gradients.get(name, np.zeros(np.shape(value))), -1)
            if got.shape != flat.shape:
                return False
            for i in range(flat.size):
                sides = []
                for sign in (1, -1):
                    moved = flat.copy()
                    moved[i] += sign * step
                    leaf: Any = float(moved[0]) if np.ndim(value) == 0 else moved
                    if np.ndim(value):
                        leaf = moved.reshape(np.shape(value)).astype(program.dtype)
                    inputs = {**program.inputs, name: leaf}
                    sides.append(total(engine, replace(program, inputs=inputs)))
                slope = (sides[0] - sides[1]) / (2 * step)
                if not abs(slope - got[i]) <= 1e-2 * max(1.0, abs(slope)):
                    return False
        return True

    return holding(programs, holds)


def holding(
    programs: list[tuple[Path, Program]], holds: Callable[[ObjectEngine, Program], bool]
) -> Check:
    """Only programs on which the right engine passes such a test can show that another fails."""
    right = load("minigrad")
    usable = [(path, program) for path, program in programs if holds(right, program)]
    print(f"(central differences are good to 1e-2 on {len(usable)} of {len(programs)} programs)")

    def caught(engine: ObjectEngine, telling: Collection[Path]) -> bool:
        for path, program in usable:
            try:
                if path in telling and not holds(engine, program):
                    return True
            except ArithmeticError:
                return True
        return False

    return caught


class TimeOut(BaseException):
    """A mutant that does not come to an end."""


def main() -> None:
    written = [decode(text, Path("x.yaml")).program for text in TWO_EXPRESSIONS]
    ways: dict[str, Check] = {
        "this suite": whole_suite(),
        "two expressions, leaves only": leaves_only(
            [(None, program, reference.evaluate(program)) for program in written]
        ),
        "its programs, upstream of ones, leaves only": with_ones(),
        "its programs, central differences of 1e-2": differences(),
    }

    def alarm(*_: object) -> None:
        raise TimeOut

    signal.signal(signal.SIGALRM, alarm)
    chosen = [mutant for mutant in mutants() if str(mutant) not in EQUIVALENT]
    found = dict.fromkeys(ways, 0)
    start = perf_counter()
    for number, mutant in enumerate(chosen):
        engine = build(mutant)
        telling = {case.path for case, _ in told_by(mutant)}
        for way, caught in ways.items():
            signal.alarm(60)
            try:
                found[way] += caught(engine, telling)
            except TimeOut:
                found[way] += 1
            finally:
                signal.alarm(0)
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(chosen)}", end="", file=sys.stderr)
    seconds = perf_counter() - start
    print(f"{len(chosen)} mutants, {len(EQUIVALENT)} more are equivalent ({seconds:.0f} s)")
    for way, count in found.items():
        print(f"  {way:46}{count:6}{count / len(chosen):9.1%}")


if __name__ == "__main__":
    main()
