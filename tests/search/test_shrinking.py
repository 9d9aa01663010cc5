"""Smaller programs than one that was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from small import TWO_MISTAKES, engine_of

from harness.engines import reference
from harness.language.case import decode
from harness.language.writing import case_text
from harness.search.fuzzer import Fuzzer, menu_of, size
from harness.search.naming import tidied
from harness.search.shrinking import smaller
from harness.vocabulary.program import Program

LARGE = """
about: a
inputs: {x: [2, 3], y: [4, 0.5]}
steps:
  a: x * y
  b: where(a > 2, exp(a), y)
  g: sum(b)
  idle: x + y
  f: g * 3
backward: 2
"""


def program_of(text: str) -> Program:
    return decode(text, Path("a.yaml")).program


def texts(program: Program) -> list[str]:
    return [case_text("", one) for one in smaller(program, reference.evaluate(program))]


def test_a_program_ends_earlier_and_loses_what_nothing_uses() -> None:
    shrunk = texts(program_of(LARGE))
    assert shrunk[0] == 'about: ""\ninputs: {x: [2, 3], y: [4, 0.5]}\nexpr: x * y\n'
    assert not any("idle" in text for text in shrunk)


def test_a_step_gives_way_to_an_input_of_its_value_or_to_its_operand() -> None:
    shrunk = texts(program_of("about: a\ninputs: {x: [4, 9]}\nsteps: {a: sqrt(x), f: sum(a)}\n"))
    assert 'about: ""\ninputs: {x: [2, 3]}\nexpr: sum(x)\n' in shrunk
    assert 'about: ""\ninputs: {x: [4, 9]}\nexpr: sum(x)\n' in shrunk


def test_every_smaller_program_is_well_formed() -> None:
    program = program_of(LARGE)
    for one in smaller(program, reference.evaluate(program)):
        again = decode(case_text("a", one), Path("a.yaml")).program
        assert again.steps == one.steps
        assert one.output in one.differentiable


def test_of_a_long_chain_there_is_nothing_smaller() -> None:
    program = program_of(
        "about: a\ninputs: {x: 2}\nsteps:\n  f: {start: x, repeat: 101, next: -f}\n"
    )
    assert texts(program) == []


def test_what_is_tidied_has_short_names_and_nests_what_is_used_once() -> None:
    program = tidied(program_of(LARGE), "g", nested=True)
    assert case_text("a", program) == (
        "about: a\ninputs: {x: [2, 3], y: [4, 0.5]}\nsteps:\n"
        "  a: x * y\n  f: sum(where(a > 2, exp(a), y))\nbackward: 2\n"
    )


def test_a_planted_mistake_is_shrunk_to_one_step(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, TWO_MISTAKES)
    fuzzer = Fuzzer(engine, menu_of(engine), 1)
    found = next(iter(fuzzer.run(most=500)))
    (step,) = found.program.steps
    assert (step.op, "backward") in {
        (finding.op, finding.direction) for finding in fuzzer.findings()
    }
    assert found.size == size(found.program)  # and is not at a kink
    assert np.ndim(found.program.inputs["x"]) == 0
