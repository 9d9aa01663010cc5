"""`harness cases`: what cases there are, and a copy of them to be changed."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from harness.cli.common import AGREES, add_cases, fitted, read_sources, stop, write
from harness.cli.streams import say
from harness.language import suite
from harness.language.case import Case
from harness.language.suite import Source
from harness.language.syntax import suggest
from harness.vocabulary.program import directions
from harness.vocabulary.signatures import COMPARISONS

GROUPS: Final[dict[str, Callable[[Case], Iterable[str]]]] = {
    "topic": lambda case: [_topic(case)],
    "operation": lambda case: sorted({step.op for step in case.program.steps} - COMPARISONS.keys()),
    "tag": lambda case: case.tags,
}
"""What cases are counted by, and where a case belongs."""


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    cases = commands.add_parser(
        "cases",
        help="list the cases there are, or write them out to be changed",
        description="Lists cases: how many of each topic or, selected, each with what it is there "
        "to catch. --copy writes them out, with their snapshots, to be changed: cases of yours are "
        "judged with --cases DIR. Exit status: 0 listed or written, 2 not.",
    )
    cases.add_argument(
        "places",
        nargs="*",
        metavar="SELECTION",
        help="a topic (scalars) or a case (scalars/x_plus_x); several may be named",
    )
    cases.add_argument("--op", action="append", default=[], help="only cases with this operation")
    cases.add_argument("--tag", action="append", default=[], help="only cases with this tag")
    cases.add_argument("--by", choices=GROUPS, help="count by this; default: topic")
    cases.add_argument("--copy", metavar="DIR", help="write them below this folder")
    add_cases(cases)
    cases.set_defaults(run=_cases)


def _cases(given: argparse.Namespace) -> int:
    broken: list[str] = []
    every = list(read_sources(suite.find(given.cases or ()), broken))
    if broken:
        return stop("\n".join(broken))
    unknown = _unknown(given, [case for _, case in every])
    if unknown:
        return stop(unknown)
    chosen = [(source, case) for source, case in every if _is_chosen(case, given)]
    if not chosen:
        return stop("no case is all of that: harness cases lists what there is")
    if given.copy is not None:
        return _copy(chosen, Path(given.copy))
    if given.by or not (given.places or given.op or given.tag):
        _count([case for _, case in chosen], given.by or "topic")
    else:
        wide = max(len(case.id) for _, case in chosen)
        for _, case in chosen:
            say(fitted(f"{case.id:<{wide}}  {case.about}", 4))
    return AGREES


def _topic(case: Case) -> str:
    """The folders between the suite's own and the case."""
    return _name(case).rpartition("/")[0]


def _name(case: Case) -> str:
    return case.id.removeprefix(f"{suite.FOLDER}/").removesuffix(".yaml")


def _is_chosen(case: Case, given: argparse.Namespace) -> bool:
    ops = {step.op for step in case.program.steps}
    return (
        (not given.places or any(_is_at(case, place) for place in given.places))
        and all(op in ops for op in given.op)
        and all(tag in case.tags for tag in given.tag)
    )


def _is_at(case: Case, place: str) -> bool:
    wanted = place.removeprefix(f"{suite.FOLDER}/").removesuffix(".yaml").rstrip("/")
    return _name(case) == wanted or _name(case).startswith(f"{wanted}/") or wanted == suite.FOLDER


def _unknown(given: argparse.Namespace, cases: list[Case]) -> str | None:
    """What is asked for and is in no case at all."""
    for place in given.places:
        if not any(_is_at(case, place) for case in cases):
            topics = {_topic(case) for case in cases}
            return f"{place}: no case and no topic; the topics are {', '.join(sorted(topics))}"
    for kind, wanted in (("operation", given.op), ("tag", given.tag)):
        known = {name for case in cases for name in GROUPS[kind](case)}
        for name in wanted:
            if name not in known:
                hint = suggest(name, known)
                return f"no case has the {kind} {name!r}{hint}; harness cases --by {kind} has all"
    return None


def _count(cases: list[Case], by: str) -> None:
    counts = Counter(name for case in cases for name in GROUPS[by](case))
    wide = max(map(len, [by, *counts]), default=0)
    for name, count in sorted(counts.items()):
        say(f"{name:<{wide}}  {count:>5,}")
    say(f"\n{len(cases):,} cases. Those of a {by}: harness cases {_example(by, counts)}")


def _example(by: str, counts: Counter[str]) -> str:
    name = min(counts, default="")
    return name if by == "topic" else f"--{'op' if by == 'operation' else by} {name}"


def _copy(chosen: list[tuple[Source, Case]], folder: Path) -> int:
    """All of them or none: what would be lost by it is told, and nothing is written."""
    contents = dict(_files(chosen, folder))
    lost = [path for path, content in contents.items() if _differs(path, content)]
    if lost:
        more = f", and {len(lost) - 1:,} more" if len(lost) > 1 else ""
        return stop(f"{lost[0]} is there already, and different{more}: nothing was written")
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)
    say(f"{len(chosen):,} cases in {folder}, with their snapshots")
    say(f"harness check ENGINE --cases {folder}")
    say(f"pytest {folder} --engine ENGINE")
    return AGREES


def _files(chosen: list[tuple[Source, Case]], folder: Path) -> Iterator[tuple[Path, bytes]]:
    for source, case in chosen:
        target = folder / f"{_name(case)}.yaml"
        yield target, source.path.read_bytes()
        for direction in directions(case.program):
            snapshot = source.path.with_suffix("") / f"{direction}.yml"
            if snapshot.is_file():
                yield target.with_suffix("") / snapshot.name, snapshot.read_bytes()


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)
