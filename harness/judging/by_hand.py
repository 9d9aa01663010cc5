"""Numbers that an author has worked out by hand: those of ``expect``, held against torch."""

from __future__ import annotations

import numpy as np

from harness import languages
from harness.engines.trace import Trace
from harness.judging.comparing import numbers
from harness.language.case import Case
from harness.language.expectations import Expectation
from harness.language.nodes import Problem
from harness.vocabulary.program import Array


def contradictions(case: Case, truth: Trace) -> list[Problem]:
    """The ``expect`` entries of a case that torch does not confirm, with their places."""
    found = []
    for item in case.expect:
        number = numbers(truth, item.direction)[item.name]
        if not _confirmed(item, number.astype(np.float64)):
            told = languages.told(
                "truth",
                "torch-says",
                key=item.key,
                whole=_whole(number),
                whole2=_whole(item.number),
            )
            of = _second_of(case) if item.direction == "second" else ""
            found.append(Problem(item.line, item.column, told + of))
    return found


def _second_of(case: Case) -> str:
    """What is differentiated a second time, where that is not the one gradient there is."""
    shapes = {name: case.program.shapes[name] for name in case.program.inputs}
    if len(shapes) == 1 and () in shapes.values():
        return ""
    terms = [f"sum(d{name} * v)" if shape else f"d{name}" for name, shape in shapes.items()]
    weights = languages.told("truth", "v-fixed") if any(shapes.values()) else ""
    return languages.told("truth", "is-gradient-of", terms=" + ".join(terms), weights=weights)


def _whole(array: Array) -> str:
    """The numbers in one line, with all their digits; of more than 20 the outermost ones."""
    text = np.array2string(array, threshold=20, separator=", ", formatter={"all": str})
    return " ".join(text.split())


def _confirmed(item: Expectation, truth: Array) -> bool:
    same = (item.number == truth) | (np.isnan(item.number) & np.isnan(truth))
    with np.errstate(invalid="ignore"):
        return bool((same | (np.abs(item.number - truth) <= item.margin)).all())
