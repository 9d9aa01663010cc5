"""The questions at edges, as cases: kinks, ties, borders, numbers that are very small or large, and
arrays with zeros or equal elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np

from harness.engines import reference
from harness.language.case import CaseError
from harness.vocabulary.domains import domain_of, forms
from harness.vocabulary.formulas import EDGELESS
from harness.vocabulary.local import Unanswerable
from tools.asked import BESIDE, NUMBERS, corners, is_elementwise
from tools.drafts import PLAIN, SIZES, Draft, Form, Made, evaluated, main_form, settled

POINTS: Final = (0.0, 1.0, -1.0, 2.0, -2.0)


def corner(op: str, kind: str) -> Made:
    """At its kinks, ties, and the borders of its domain; where it has none by its defaults, with
    the first parameters by which it has one."""
    form = main_form(op, kind)
    if not is_elementwise(form.operation):
        return
    others = (replace(form, parameters=one.parameters) for one in forms(op, (), False))
    form, points = next(
        ((one, points) for one in (form, *others) if (points := _corners(one))), (form, {})
    )
    if kind == NUMBERS:
        for number, (what, point) in enumerate(points.items(), 1):
            name = f"corner{f'_{number}' if len(points) > 1 else ''}"
            where = " and ".join(f"{n} = {v:g}" for n, v in zip(form.values, point, strict=True))
            about = f"{op} at {where}: {_said(what)}"
            draft = _at(form, op, kind, name, about, [point])
            yield settled(replace(draft, seeded=True), PLAIN[:1], plain=False)
    elif points:
        about = f"{op} at its corners, in arrays: kinks, ties, or the borders of its domain"
        yield settled(_at(form, op, kind, "corner", about, [*points.values()]), PLAIN[:1], False)


def _at(
    form: Form, op: str, kind: str, name: str, about: str, points: Sequence[Sequence[float]]
) -> Draft:
    """The operation at these points, of which each has a number for every operand."""
    shape = () if kind == NUMBERS else (len(points),)
    given = dict(zip(form.values, map(np.array, zip(*points, strict=True)), strict=True))
    given = {key: value[0] if kind == NUMBERS else value for key, value in given.items()}
    leaves = {key: (k, shape) for key, (k, _) in form.leaves().items()}
    steps = {"g": form.text(), "f": " + ".join(["g", *form.values])}
    return Draft(op, kind, name, about, leaves, steps, tags=("kink",), given=given)


def _said(what: str) -> str:
    """A corner in words."""
    told = [(name, mark) for name, _, mark in (one.partition(" ") for one in what.split(", "))]
    marks = {mark: [name for name, other in told if other == mark] for _, mark in told}
    return ", ".join(
        _CORNERS.get(mark, "{} gets " + mark).format(" and ".join(names))
        for mark, names in marks.items()
    )


_CORNERS: Final = {"kink": "a kink for {}", "edge": "torch's own answer for {}"}


def _corners(form: Form) -> dict[str, tuple[float, ...]]:
    """Of each kind of corner that plain numbers can stand at, the first point."""
    numbers = [*POINTS, *(v for v in form.parameters.values() if isinstance(v, float))]
    points: dict[str, tuple[float, ...]] = {}
    plain = replace(form, shapes=((),) * len(form.shapes))
    for point in product(dict.fromkeys(numbers), repeat=len(form.values)):
        if not all(
            _is_near(form, position, value)
            for position, value in zip(_places(form), point, strict=True)
        ):
            continue
        draft = _at(plain, form.operation.name, NUMBERS, "", "a corner", [point])
        try:
            program, trace = evaluated(draft.text(PLAIN[0]))
        except (CaseError, Unanswerable):
            continue
        for what in corners(program, program.steps[0], trace.values):
            points.setdefault(what, point)
    return points


def _places(form: Form) -> list[int]:
    return [position for position, kind in enumerate(form.kinds) if kind == "value"]


def _is_near(form: Form, position: int, value: float) -> bool:
    """Whether a number is in the domain of an operand, or on its border."""
    holds = domain_of(form.operation, position).holds
    return any(bool(holds(value + step)) for step in (0.0, BESIDE, -BESIDE))


def extremes(op: str, kind: str) -> Made:
    """At very small and at large numbers."""
    if op in EDGELESS:
        return
    form = main_form(op, kind)
    for size, palettes in SIZES.items():
        about = f"{op} of {size} {'numbers' if kind == NUMBERS else 'elements'}: {_LOST[size]}"
        draft = Draft(
            op, kind, size, about, form.leaves(), {"f": form.text()}, True, tags=("edge",)
        )
        yield next(filter(None, (settled(draft, [one]) for one in palettes)), None)


_LOST: Final = {
    "tiny": "its digits are there, and not lost beside 1",
    "large": "nothing overflows on the way",
}


def _two_zeros(k: int) -> float:
    return (0.0, 0.0, 1.5, 2.0, -0.75, 3.0)[k % 6] + k // 6


def _equals(_k: int) -> float:
    return 1.5


def alike(op: str, kind: str) -> Made:
    """Arrays of which some elements are zero, or all are equal."""
    form = main_form(op, kind)
    if is_elementwise(form.operation) or op in EDGELESS:
        return
    for name, palette, words in (
        ("zeros", _two_zeros, "two zeros among its elements"),
        ("equals", _equals, "elements that are all equal"),
    ):
        about = f"{op} with {words}"
        draft = Draft(op, kind, name, about, form.leaves(), {"f": form.text()}, tags=("edge",))
        plain = settled(draft, [palette])
        if plain is not None and (again := settled(replace(draft, order=2), [palette])):
            second = reference.evaluate(again.program).second
            plain = again if all(np.isfinite(v).all() for v in second.values()) else plain
        at_kink = settled(replace(draft, tags=("kink",)), [palette], plain=False)
        yield plain or (at_kink if at_kink and at_kink.is_defined else None)
