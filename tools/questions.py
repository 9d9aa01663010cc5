"""The questions of the suite as cases: `cases/questions/`, made from the vocabulary.

`python tools/questions.py` writes them anew, with torch's numbers beside them. An operation that is
added to the vocabulary is asked about from then on; nothing here names one. What a case made by
hand asks, with no more operations than the question needs, is not asked again.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.engines import reference
from harness.judging.oracle import record
from harness.language.case import Case, decode, load
from harness.language.levels import LEVELS, level_of
from harness.language.schema import modeline
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS
from tools.asked import (
    ARRAYS,
    KINDS,
    NUMBERS,
    Asked,
    asked,
    is_elementwise,
    of_numbers,
)
from tools.drafts import (
    NEGATIVE,
    PLAIN,
    SMALL_NEGATIVE,
    Draft,
    Form,
    Made,
    main_form,
    settled,
)
from tools.edges import alike, corner, extremes
from tools.given import parameters, stretched

ROOT: Final = Path(__file__).resolve().parent.parent / "cases"
FOLDER: Final = "questions"

DEEP: Final = 300
"""A case made by hand that has more steps asks about depth."""

LITERALS: Final = (3, 2, 0.5, -3)

Maker = Callable[[str, str], Made]


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
    draft = Draft(op, kind, "alone", about, form.leaves(), {"f": form.text()}, seeded=True)
    yield settled(draft)


def below(op: str, kind: str) -> Made:
    """Below a product, so that what it passes on goes further down; of plain numbers also at zero
    and below it, where it can be."""
    form = main_form(op, kind)
    low = {f"{name}_low": f"{name} * 0.5" for name in form.values}
    names = [f"{name}_low" if name in form.values else name for name in form.names]
    about = f"{op} of {_words(kind)} below a product: what it passes on is passed further down"
    if kind == ARRAYS:
        draft = Draft(op, kind, "below", about, form.leaves(), {**low, "f": form.text(*names)})
        yield settled(_with_zero(draft, form)) or settled(draft)
        return
    steps = {**low, "g": form.text(*names)}
    leaves = form.leaves()
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
    return {name: one for name, one in form.leaves("2").items() if one[0] != "value"}


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
    leaves = {**form.leaves(), **_fixed(form)}
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
    kept = {name: one for name, one in form.leaves().items() if name in names}
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
            leaves = {"x": form.leaves()[form.names[0]]}
            about = f"{op} with a number on the {side} ({kind}), its operand used again"
            steps = {"g": gate, "f": "x * 2 + g * x"}
            draft = Draft(op, kind, f"number_{side}", about, leaves, steps, tags=("reuse",))
            made = settled(draft)
            if made is not None and any(ask.question == "rule" for ask in made.asks):
                yield made
                break


def twice(op: str, kind: str) -> Made:
    """The gradient of the gradient."""
    form = main_form(op, kind)
    about = f"the second order of {op} ({kind}), squared so that both orders meet"
    steps = {"g": form.text(), "f": "g * g"}
    draft = Draft(op, kind, "second", about, form.leaves(), steps, order=2, tags=("second",))
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
