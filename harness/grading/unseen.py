"""Cases that nobody has seen: programs from the search's grammar, over an assignment's operations.

They are drawn from a seed, are hidden, and belong to the questions that would ask them if they lay
in a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from harness.assignment.asking import fits, selects, taught
from harness.assignment.values import Assignment
from harness.engines import by_formula
from harness.engines.trace import Trace, Undefined
from harness.judging.comparing import quiet
from harness.judging.judge import judge
from harness.language.case import Case
from harness.search.grammar import TAME, Menu, Sketch
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS

FOLDER: Final = "drawn"
"""What their ids begin with."""
STEPS: Final = (2, 5)
"""So many steps are drawn, at least and at most."""
TRIES: Final = 200
"""So many programs are drawn for each case, at most."""

Drawn = tuple[Case, Trace]


def cases(rules: Assignment, seed: str, compute: Callable[[Case], Trace]) -> Iterator[Drawn]:
    """As many cases as the assignment has drawn, with their truths by ``compute``; fewer where the
    grammar makes none that its questions ask."""
    random = Random(f"{seed} unseen")
    named = {op for question in rules.questions for op in question.operations}
    ops = tuple(op for op, one in OPERATIONS.items() if not named or one.word in named)
    menu = Menu(ops, ops if rules.conventions.arrays else ())
    found = 0
    for _ in range(TRIES * rules.vary.drawn):
        if found == rules.vary.drawn:
            return
        if (case := _case(_program(random, menu), found + 1)) is None or not _asks(rules, case):
            continue
        if (truth := _truth(case, compute)) is not None:
            found += 1
            yield case, truth


def _program(random: Random, menu: Menu) -> Program | None:
    sketch = Sketch(random, menu)
    sketch.numbers = TAME
    for _ in range(random.randint(*STEPS)):
        sketch.step(random.choice(sketch.ops))
    return sketch.program()


def _case(program: Program | None, number: int) -> Case | None:
    if program is None or program.backward_calls > 1 or len(program.steps) < STEPS[0]:
        return None
    id = f"{FOLDER}/case_{number:03}.yaml"
    return Case(Path(id), "a program that was drawn for the class", program, id=id)


def _asks(rules: Assignment, case: Case) -> bool:
    """Whether a question asks the case."""
    known = {taught(step) for step in case.program.steps if not step.operation.compares}
    asked = set[str]()
    for question in rules.questions:
        asked |= set(question.operations)
        wanted = asked or known
        if fits(case, rules.conventions) and selects(question, case, wanted):
            return True
    return False


@quiet
def _truth(case: Case, compute: Callable[[Case], Trace]) -> Trace | None:
    """The truth, where every number of it is finite, some gradient is not zero, and the formulas
    say the same."""
    try:
        truth, formulas = compute(case), by_formula.evaluate(case.program)
    except (Undefined, Unanswerable):
        return None
    numbers = [*truth.values.values(), *truth.gradients.values()]
    finite = all(np.isfinite(number).all() for number in numbers)
    moves = any(np.any(truth.gradients[name]) for name in case.program.inputs)
    same = judge(case, truth, replace(formulas, typed=False))
    return truth if finite and moves and same.passed else None
