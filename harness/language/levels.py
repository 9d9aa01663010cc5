"""The ladder: what a case asks for, as a course comes to it, and so where the case stands.

A level follows from a case's program and tags alone, so that a course's own cases have one, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from harness import languages
from harness.language.words import said
from harness.vocabulary.program import Program, Step
from harness.vocabulary.signatures import OPERATIONS

LEVELS: Final = (
    "scalar arithmetic",
    "scalar functions",
    "reuse and order",
    "arrays, elementwise",
    "broadcasting",
    "reductions",
    "shapes",
    "matrix products",
    "softmax and losses",
    "networks",
    "conventions, edges, second order",
)
"""The levels from the lowest up. No case needs anything of a later one than its own."""

ARITHMETIC, FUNCTIONS, REUSE, ARRAYS, BROADCASTING, *_, LAST = LEVELS

TOPICS: Final = {
    "arithmetic": ARITHMETIC,
    "functions": FUNCTIONS,
    "reductions": "reductions",
    "shapes": "shapes",
    "products": "matrix products",
    "losses": "softmax and losses",
    "networks": "networks",
}
"""The level that an operation belongs to, by its topic."""

LATE: Final = frozenset({"kink", "edge", "overflow"})
"""The tags of cases in which it matters what is chosen where a formula has no answer, or fails."""

DEEP: Final = 900
"""A chain of more steps is longer than Python's stack."""

_NUMBERS: Final = {op: number for number, op in enumerate(OPERATIONS)}


def level_of(program: Program, tags: Collection[str] = ()) -> str:
    """The level of a case: the last one of those that anything in it belongs to."""
    return LEVELS[max(map(LEVELS.index, (*_needed(program), *_late(program, tags))))]


def rung(program: Program, tags: Collection[str] = ()) -> tuple[int, ...]:
    """Where on the ladder a case stands: by its level, there by what it needs without what is late,
    and the fewer operations and steps, and the earlier in the vocabulary, the lower."""
    ops = {_NUMBERS[step.op] for step in program.steps if step.op in _NUMBERS}
    return (
        LEVELS.index(level_of(program, tags)),
        max(map(LEVELS.index, _needed(program))),
        len(ops),
        len(program.steps),
        max(ops, default=0),
    )


def level_named(text: str) -> str:
    """The level of that number, from 1 on, or of that name, of which a beginning is enough where no
    other has it. Raises :class:`ValueError`."""
    if text.isdecimal() and 1 <= int(text) <= len(LEVELS):
        return LEVELS[int(text) - 1]
    wanted = " ".join(text.lower().replace("_", " ").split())
    begun = [level for level in LEVELS if wanted and _begins(level, wanted)]
    if len(begun) == 1:
        return begun[0]
    near = list(map(_called, begun or get_close_matches(wanted, LEVELS, 1)))
    hint = (
        said("did-you-mean", near=languages.told("words", "either").join(map(repr, near)))
        if near
        else ""
    )
    every = "; ".join(f"{number} {_called(level)}" for number, level in enumerate(LEVELS, 1))
    raise ValueError(said("no-level", text=text, hint=hint, every=every))


def _called(level: str) -> str:
    """The level's name in the language."""
    return languages.name("level", level)


def _begins(level: str, wanted: str) -> bool:
    return level.startswith(wanted) or _called(level).startswith(wanted)


def chosen(named: Collection[str], upto: str | None) -> Collection[str]:
    """The levels of these names, and all up to that one; every level where neither is given."""
    below = LEVELS[: LEVELS.index(upto) + 1] if upto is not None else ()
    return {*named, *below} if named or below else LEVELS


def _late(program: Program, tags: Collection[str]) -> Iterator[str]:
    """The last level, where the case is about a convention, an edge, or the second order."""
    odd = len(program.steps) > DEEP or any(0 in shape for shape in program.shapes.values())
    if odd or program.order == 2 or program.backward_calls == 2 or LATE.intersection(tags):
        yield LAST


def _needed(program: Program) -> Iterator[str]:
    """The level of each thing that the program has."""
    yield ARITHMETIC if program.scalar else ARRAYS
    if _reuses(program):
        yield REUSE
    for step in program.steps:
        yield TOPICS[step.operation.topic]
        if step.operation.stretches and _is_stretched(program, step):
            yield BROADCASTING


def _reuses(program: Program) -> bool:
    """Whether terms meet, a path ends, or a loop makes the graph deep."""
    loops = any(stage.start is not None for stage in program.stages)
    inner = program.differentiable - {program.output}
    return loops or any(len(program.uses.get(name, ())) != 1 for name in inner)


def _is_stretched(program: Program, step: Step) -> bool:
    own = program.shapes[step.name]
    return any(program.shapes[name] != own for name in step.parents if name in program.shapes)
