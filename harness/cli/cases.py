"""`harness cases`: what cases there are, and a copy of them to be changed."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from harness import languages
from harness.cli.command import AGREES, CASES, LADDER, Stop, argument, command, levels_of
from harness.cli.inputs import cases_of
from harness.cli.streams import say
from harness.cli.words import said
from harness.files import write
from harness.language import schema, suite
from harness.language.case import Case
from harness.language.levels import LEVELS
from harness.language.suite import Source
from harness.language.syntax import suggest

GROUPS: Final[dict[str, Callable[[Case], Iterable[str]]]] = {
    "topic": lambda case: [_topic(case)],
    "operation": lambda case: {s.op for s in case.program.steps if not s.operation.compares},
    "tag": lambda case: case.tags,
    "level": lambda case: [case.level],
}
"""What cases are counted by, and where a case belongs."""


@command(
    "cases",
    help="list the cases there are, or write them out to be changed",
    description="Lists cases: how many of each topic or, selected, each with what it is there to "
    "catch. --copy writes them out, with their snapshots, to be changed: cases of yours are judged "
    "with --cases DIR. Exit status: 0 listed or written, 2 not.",
    arguments=(
        argument(
            "places",
            nargs="*",
            metavar="SELECTION",
            help="a topic (scalars) or a case (scalars/x_plus_x); several may be named",
        ),
        argument("--op", action="append", default=[], help="only cases with this operation"),
        argument("--tag", action="append", default=[], help="only cases with this tag"),
        *LADDER,
        argument("--by", choices=GROUPS, help="count by this; default: topic"),
        argument("--copy", metavar="DIR", help="write them below this folder"),
        CASES,
    ),
    speaks=True,
)
def cases(given: Namespace) -> int:
    there = cases_of(suite.find(given.cases), levels=levels_of(given))
    every = list(there.read())
    if there.broken:
        raise Stop("\n".join(there.broken))
    _check_selection(given, [case for _, case in every])
    chosen = [(source, case) for source, case in every if _is_chosen(case, given)]
    if not chosen:
        raise Stop(said("no-case-is-that"))
    if given.copy is not None:
        _copy(chosen, Path(given.copy))
    elif given.by or not (given.places or given.op or given.tag or given.level or given.upto):
        _count([case for _, case in chosen], given.by or "topic")
    else:
        wide = max(len(case.id) for _, case in chosen)
        for _, case in chosen:
            say(f"{case.id:<{wide}}  {case.about}", indent=4)
    return AGREES


def _topic(case: Case) -> str:
    """The folders between the suite's own and the case."""
    return _name(case.id).rpartition("/")[0]


def _name(id: str) -> str:
    return id.removeprefix(f"{suite.FOLDER}/").removesuffix(".yaml")


def _is_chosen(case: Case, given: Namespace) -> bool:
    ops = {step.op for step in case.program.steps}
    return (
        (not given.places or any(_is_at(case, place) for place in given.places))
        and ops.issuperset(given.op)
        and set(case.tags).issuperset(given.tag)
    )


def _is_at(case: Case, place: str) -> bool:
    wanted = _name(place).rstrip("/")
    return wanted == suite.FOLDER or f"{_name(case.id)}/".startswith(f"{wanted}/")


def _check_selection(given: Namespace, cases: Sequence[Case]) -> None:
    """Stops the command where what is asked for is in no case at all."""
    for place in given.places:
        if not any(_is_at(case, place) for case in cases):
            topics = ", ".join(sorted({_topic(case) for case in cases}))
            raise Stop(said("no-case-no-topic", place=place, topics=topics))
    for kind, wanted in (("operation", given.op), ("tag", given.tag)):
        known = {name for case in cases for name in GROUPS[kind](case)}
        for name in wanted:
            if name not in known:
                hint = suggest(name, known)
                has_all = said("by-kind-has-all", kind=kind)
                raise Stop(
                    said(
                        "no-case-has",
                        kind=languages.name("what", kind),
                        name=name,
                        hint=hint,
                        has_all=has_all,
                    )
                )


def _count(cases: Sequence[Case], by: str) -> None:
    counts = Counter(name for case in cases for name in GROUPS[by](case))
    wide = max(map(len, [by, *counts]))
    order = LEVELS if by == "level" else sorted(counts)
    for name, count in ((name, counts[name]) for name in order if counts[name]):
        say(f"{name:<{wide}}  {count:>5,}")
    option = {"topic": "", "operation": "--op ", "tag": "--tag ", "level": "--level "}[by]
    example = f"harness cases {option}{shlex.quote(min(counts, default=''))}"
    say(said("those-of", cases=len(cases), by=languages.name("what", by), example=example))


def _copy(chosen: Sequence[tuple[Source, Case]], folder: Path) -> None:
    """All of them or none: what would be lost by it is told, and nothing is written."""
    contents = dict(_files(chosen, folder))
    lost = [path for path, content in contents.items() if _differs(path, content)]
    if lost:
        more = said("more-lost", lost=len(lost) - 1) if len(lost) > 1 else ""
        raise Stop(said("there-and-different", lost=lost[0], more=more))
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)
    schema.provide(folder)
    say(said("cases-copied", chosen=len(chosen), folder=folder))


def _files(chosen: Iterable[tuple[Source, Case]], folder: Path) -> Iterator[tuple[Path, bytes]]:
    for source, case in chosen:
        target = folder.joinpath(_name(case.id)).parent
        for path in source.files():
            yield target / path.relative_to(source.path.parent), path.read_bytes()


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)
