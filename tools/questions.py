"""The questions of the suite as cases: `cases/questions/`, made from the vocabulary.

`python tools/questions.py` writes them anew, with torch's numbers beside them. An operation that is
added to the vocabulary is asked about from then on; nothing here names one. What a case made by
hand asks, with no more operations than the question needs, is not asked again.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.engines import reference
from harness.judging.oracle import record
from harness.language.case import Case, CaseError, decode, load
from harness.language.levels import LEVELS, level_of
from harness.language.schema import modeline
from harness.vocabulary.domains import domain_of, first_shapes, forms
from harness.vocabulary.formulas import EDGELESS
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import index_text
from tools.asked import (
    ARRAYS,
    BESIDE,
    KINDS,
    NUMBERS,
    Asked,
    asked,
    corners,
    is_elementwise,
    of_numbers,
    ways,
)
from tools.drafts import (
    MATRIX,
    NEGATIVE,
    PLAIN,
    SIZES,
    SMALL_NEGATIVE,
    Draft,
    Form,
    Settled,
    evaluated,
    is_written,
    main_form,
    settled,
)

ROOT: Final = Path(__file__).resolve().parent.parent / "cases"
FOLDER: Final = "questions"

FEW: Final = 3
"""The shapes of so many operands are told; of more, the first one's."""
DEEP: Final = 300
"""A case made by hand that has more steps asks about depth."""

LITERALS: Final = (3, 2, 0.5, -3)
POINTS: Final = (0.0, 1.0, -1.0, 2.0, -2.0)

Made = Iterator[Settled | None]
Maker = Callable[[str, str], Made]


def _leaves(form: Form, suffix: str = "") -> dict[str, tuple[str, tuple[int, ...]]]:
    """The leaves that are its operands, with their kinds and shapes."""
    pairs = zip(form.names, form.kinds, form.shapes, strict=True)
    return {f"{name}{suffix}": (kind, shape) for name, kind, shape in pairs}


def _words(kind: str) -> str:
    return "plain numbers" if kind == NUMBERS else "arrays"


# -- the questions ---------------------------------------------------------------------------------


def alone(op: str, kind: str) -> Made:
    """Value and rule, with nothing but the operation itself."""
    form = main_form(op, kind)
    about = (
        f"{op} alone, of a plain number: its value, and its rule times an upstream gradient not 1"
        if kind == NUMBERS
        else f"{op} alone, of arrays: each element by its own number and its own upstream gradient"
    )
    draft = Draft(op, kind, "alone", about, _leaves(form), {"f": form.text()}, seeded=True)
    yield settled(draft)


def below(op: str, kind: str) -> Made:
    """Below a product, so that what it passes on goes further down; of plain numbers also at zero
    and below it, where it can be."""
    form = main_form(op, kind)
    low = {f"{name}_low": f"{name} * 0.5" for name in form.values}
    names = [f"{name}_low" if name in form.values else name for name in form.names]
    about = f"{op} of {_words(kind)} below a product: what it passes on is passed further down"
    if kind == ARRAYS:
        draft = Draft(op, kind, "below", about, _leaves(form), {**low, "f": form.text(*names)})
        yield settled(_with_zero(draft, form)) or settled(draft)
        return
    steps = {**low, "g": form.text(*names)}
    leaves = _leaves(form)
    if len(form.values) > 1:
        steps["turned"] = _turned(form, names)
        leaves |= _fixed(form)
    draft = Draft(op, kind, "below", f"{about}, at several points", leaves, steps)
    drafts = (_at_points(draft, form, points) for points in _POINTS)
    yield next(filter(None, map(settled, drafts)), None)


_POINTS: Final[tuple[dict[str, float], ...]] = (
    {"zero": 0.0, "negative": -1.5},
    {"zero": 0.0, "more": 0.75},
    {"negative": -0.75, "more": 0.75},
    {"more": 0.75},
    {},
)
"""Where else an operation is asked about, the most first."""


def _turned(form: Form, names: Sequence[str]) -> str:
    """The operation on the same operands the other way round, and on other conditions."""
    pairs = list(zip(form.names, names, strict=True))
    values = iter([text for name, text in pairs if name in form.values][::-1])
    return form.text(*(next(values) if name in form.values else f"{name}2" for name, _ in pairs))


def _fixed(form: Form) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Other leaves in place of those that have no gradient."""
    return {name: one for name, one in _leaves(form, "2").items() if one[0] != "value"}


def _at_points(draft: Draft, form: Form, points: Mapping[str, float]) -> Draft:
    """The draft with the operation at further points as well, added up."""
    leaves, steps, given = dict(draft.leaves), dict(draft.steps), {}
    terms = ["g * 3", *(name for name in steps if name == "turned")]
    for name, point in points.items():
        own = [f"{operand}_{name}" for operand in form.names]
        leaves |= dict(zip(own, zip(form.kinds, form.shapes, strict=True), strict=True))
        given[own[form.names.index(form.values[0])]] = point
        steps[name] = form.text(*own)
        terms.append(name)
    return replace(draft, leaves=leaves, steps={**steps, "f": " + ".join(terms)}, given=given)


def _with_zero(draft: Draft, form: Form) -> Draft:
    """The draft with a zero among the numbers of its first leaf."""
    shape = form.shapes[0]
    numbers = np.array([PLAIN[0](k) for k in range(int(np.prod(shape)))])
    numbers[0] = 0.0
    return replace(draft, given={form.names[0]: numbers.reshape(shape)})


def reused(op: str, kind: str) -> Made:
    """Its operands are read by others before and after, and twice by itself."""
    form = main_form(op, kind)
    about = f"operands of {op} ({kind}) are read before, after and twice by it: = loses terms"
    values = form.values
    other = [f"{name}2" if name not in values else name for name in form.names]
    if is_elementwise(form.operation):
        steps = {
            "before": f"{values[0]} * {values[-1]}" if len(values) > 1 else f"{values[0]} * 2",
            "g": form.text(),
            "h": _turned(form, form.names),
            "f": " + ".join(["before", *(" * ".join([gate, *values]) for gate in "gh")]),
        }
    else:
        steps = {f"{name}_low": f"{name} * 0.5" for name in values}
        low = [f"{name}_low" if name in values else name for name in form.names]
        steps |= {"g": form.text(), "h": form.text(*low), "k": form.text(*other)}
        steps |= {"f": "g + h + k * 3"}
    leaves = {**_leaves(form), **_fixed(form)}
    draft = Draft(op, kind, "reused", about, leaves, steps, tags=("reuse",))
    yield settled(draft)
    if kind == NUMBERS:
        about = f"{about[: about.index(' are')]} below zero{about[about.index(' are') :]}"
        yield settled(
            replace(draft, name="reused_below_zero", about=about), [NEGATIVE, SMALL_NEGATIVE]
        )


def itself(op: str, kind: str) -> Made:
    """Both operands are the same one."""
    form = main_form(op, kind)
    if len(form.values) != 2:
        return
    first = form.values[0]
    names = [first if name in form.values else name for name in form.names]
    kept = {name: one for name, one in _leaves(form).items() if name in names}
    about = f"{op} of something and itself ({kind}): two terms of one gate meet"
    steps = {"f": form.text(*names)}
    yield settled(Draft(op, kind, "itself", about, kept, steps, True, tags=("reuse",)))


def number_beside(op: str, kind: str) -> Made:
    """A number stands on the right, or on the left, and the operand is used again."""
    form = main_form(op, kind)
    if form.kinds != ("value", "value") or not is_elementwise(form.operation):
        return
    for side in ("right", "left"):
        for number in LITERALS:
            gate = form.text("x", number) if side == "right" else form.text(number, "x")
            leaves = {"x": _leaves(form)[form.names[0]]}
            about = f"{op} with a number on the {side} ({kind}), its operand used again"
            steps = {"g": gate, "f": "x * 2 + g * x"}
            draft = Draft(op, kind, f"number_{side}", about, leaves, steps, tags=("reuse",))
            made = settled(draft)
            if made is not None and any(ask.question == "rule" for ask in made.asks):
                yield made
                break


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
    leaves = {key: (k, shape) for key, (k, _) in _leaves(form).items()}
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
            op, kind, size, about, _leaves(form), {"f": form.text()}, True, tags=("edge",)
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
        draft = Draft(op, kind, name, about, _leaves(form), {"f": form.text()}, tags=("edge",))
        plain = settled(draft, [palette])
        if plain is not None and (again := settled(replace(draft, order=2), [palette])):
            second = reference.evaluate(again.program).second
            plain = again if all(np.isfinite(v).all() for v in second.values()) else plain
        at_kink = settled(replace(draft, tags=("kink",)), [palette], plain=False)
        yield plain or (at_kink if at_kink and at_kink.is_defined else None)


def stretched(op: str, kind: str) -> Made:
    """One operand is a number, a row, or has an axis of length 1; then both have."""
    form = main_form(op, kind)
    if kind == NUMBERS or len(form.shapes) < 2:
        return
    if form.operation.shape == "matmul":
        yield from _ranks(op, kind)
    if form.operation.shape != "broadcast":
        return
    ways = {"number": (), "row": (3,), "top": (1, 3), "side": (2, 1)}
    for name in form.values:
        others = {key: one for key, one in _leaves(form).items() if key != name}
        leaves = {**others, **{way: ("value", shape) for way, shape in ways.items()}}
        steps = {
            f"by_{way}": form.text(*(way if key == name else key for key in form.names))
            for way in ways
        }
        steps["f"] = " + ".join(steps)
        about = f"the operand {name} of {op} is a number, a row, and stretched along each axis"
        yield settled(
            Draft(op, kind, f"stretched_{name}", about, leaves, steps, tags=("broadcast",))
        )
    if len(form.values) == 2:
        shapes = dict(zip(form.values, ((2, 1), (1, 3)), strict=True))
        leaves = {key: (k, shapes.get(key, MATRIX)) for key, (k, _) in _leaves(form).items()}
        about = f"both operands of {op} are stretched, each along another axis"
        tags = ("broadcast",)
        yield settled(
            Draft(op, kind, "stretched_both", about, leaves, {"f": form.text()}, tags=tags)
        )


def _ranks(op: str, kind: str) -> Made:
    """Each pair of ranks, with batches that are stretched."""
    pairs: set[tuple[object, ...]] = set()
    for first in first_shapes(op):
        for one in forms(op, first):
            form = Form(OPERATIONS[op], one.shapes, one.parameters)
            batches = {shape[:-2] for shape in one.shapes}
            pair = (*map(len, one.shapes), len(batches) > 1, 0 in map(len, batches))
            if pair in pairs:
                continue
            pairs.add(pair)
            ranks = "_by_".join("x".join(map(str, shape)) for shape in one.shapes)
            about = f"{op} of shapes {' and '.join(map(str, one.shapes))}"
            draft = Draft(op, kind, f"shapes_{ranks}", about, _leaves(form), {"f": form.text()})
            yield settled(draft, PLAIN[:1])


def parameters(op: str, kind: str) -> Made:
    """Each parameter in each way that it may be given in."""
    form, operation = main_form(op, kind), OPERATIONS[op]
    if not operation.parameters:
        return
    plain = is_elementwise(operation)
    shapes = [form.shapes[0]] if plain else dict.fromkeys([form.shapes[0], *first_shapes(op)])
    known: set[str] = set()
    for shape in shapes:
        for one in forms(op, shape):
            if plain and any(own != shape for own in one.shapes):
                continue
            if not is_written(operation, one):
                continue
            if known.issuperset(new := set(ways(operation, one.parameters, shape))):
                continue
            known |= new
            way = Form(operation, one.shapes, one.parameters)
            about = f"{way.text()} where {_shapes(way)}"
            size = "" if plain else f"_of_{'x'.join(map(str, shape)) or 'number'}"
            name = f"{_slug(one.parameters)}{size}"
            yield settled(Draft(op, kind, name, about, _leaves(way), {"f": way.text()}, True))


def _slug(parameters: Mapping[str, Any]) -> str:
    """Parameters as a part of a file's name."""
    index = parameters.get("index")
    given = {"at": index_text(index)} if index is not None else parameters
    text = "_".join(f"{name} {value}" for name, value in given.items())
    for sign, word in _SPOKEN.items():
        text = text.replace(sign, f" {word} ")
    return "_".join(re.findall("[a-z0-9]+", text.lower()))


_SPOKEN: Final = {"->": "to", "...": "dots", "-": "minus", "::": "by", ":": "until", ".": "point"}


def _shapes(form: Form) -> str:
    told = [
        f"{name} has shape {shape}" for name, shape in zip(form.names, form.shapes, strict=True)
    ]
    if len(told) > FEW:
        return told[0]
    return "the operands are plain numbers" if not any(form.shapes) else " and ".join(told)


def twice(op: str, kind: str) -> Made:
    """The gradient of the gradient."""
    form = main_form(op, kind)
    about = f"the second order of {op} ({kind}), squared so that both orders meet"
    steps = {"g": form.text(), "f": "g * g"}
    draft = Draft(op, kind, "second", about, _leaves(form), steps, order=2, tags=("second",))
    yield (settled(_with_zero(draft, form)) if kind == ARRAYS else None) or settled(draft)


MAKERS: Final[tuple[tuple[Maker, frozenset[str]], ...]] = tuple(
    (maker, frozenset(questions.split()))
    for maker, questions in (
        (alone, "value rule upstream"),
        (below, "below points zero negative"),
        (reused, "before after twice"),
        (itself, "twice"),
        (number_beside, "left right"),
        (corner, "corner"),
        (extremes, "tiny large"),
        (alike, "zero corner second"),
        (stretched, "stretched"),
        (parameters, "parameter"),
        (twice, "second"),
    )
)
"""What makes cases, and for which questions."""

# -- what is written -------------------------------------------------------------------------------


class Needs(NamedTuple):
    """What an engine must have before it can be asked by a case."""

    ops: frozenset[str]
    level: int

    @classmethod
    def of(cls, program: Program, tags: Sequence[str]) -> Needs:
        level = LEVELS.index(level_of(program, tags))
        return cls(frozenset(step.op for step in program.steps), level)

    def covers(self, others: Iterable[Needs]) -> bool:
        """Whether one of the others needs nothing else."""
        return any(one.ops <= self.ops and one.level <= self.level for one in others)


def by_hand() -> Iterator[Case]:
    """The cases that were made by hand."""
    for path in sorted(ROOT.rglob("*.yaml")):
        if path.relative_to(ROOT).parts[0] != FOLDER:
            yield load(path, root=ROOT)


def questions(others: Iterable[Case]) -> dict[str, str]:
    """The files, by their paths below the folder, beside these cases."""
    known: dict[Asked, list[Needs]] = {}
    programs = set()
    for case in others:
        if len(case.program.steps) <= DEEP:
            _note(known, asked(case.program), Needs.of(case.program, case.tags))
            programs.add(_key(case.program))
    files = {}
    for kind in KINDS:
        for op, operation in OPERATIONS.items():
            if kind == NUMBERS and not of_numbers(operation):
                continue
            for maker, about in MAKERS:
                for made in filter(None, maker(op, kind)):
                    wanted = {ask for ask in made.asks if ask.question in about}
                    needs = Needs.of(made.program, made.draft.tags)
                    new = [ask for ask in wanted if not needs.covers(known.get(ask, ()))]
                    if new and (key := _key(made.program)) not in programs:
                        files[f"{kind}/{op}_{made.draft.name}.yaml"] = made.text
                        programs.add(key)
                        _note(known, made.asks, needs)
    return files


def _note(known: dict[Asked, list[Needs]], asks: Iterable[Asked], needs: Needs) -> None:
    for ask in asks:
        known.setdefault(ask, []).append(needs)


def _key(program: Program) -> str:
    """What two cases that are the same program have in common."""
    leaves = {**program.inputs, **program.constants, "": program.seed}
    return repr(
        ([(name, str(value)) for name, value in leaves.items()], program.steps, program.order)
    )


def main() -> None:
    """Write the cases anew, with their snapshots, and nothing else."""
    folder = ROOT / FOLDER
    files = questions(by_hand())
    for path in sorted(folder.rglob("*.yaml")):
        text = files.get(path.relative_to(folder).as_posix())
        if path.read_text(encoding="utf-8") != f"{modeline(path, ROOT)}{text}":
            path.unlink()
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            case = decode(text, path)
            record(case, text, reference.evaluate(case.program), ROOT)
    print(f"{len(files)} cases below {folder.relative_to(ROOT.parent)}")


if __name__ == "__main__":
    main()
