"""Mistakes made in an engine by program: every marked place is got wrong in every way there is.

See :mod:`styles.marks` for the places, and :mod:`styles.labels` for what a mutant must be called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from styles.change import Change, short
from styles.cores import cores_at
from styles.exchanges import exchanged
from styles.expressions import of_core
from styles.labels import Label, label_of
from styles.machinery import MACHINES
from styles.marks import ENGINE, Mark, Source
from styles.statements import of_statement


@dataclass(frozen=True)
class Mutant:
    """One mistake: its name, the engine's whole text with it, the way it was made, its label."""

    name: str
    text: str
    kind: str
    label: Label


def mutants(text: str) -> list[Mutant]:
    """Every mutant of an engine that is marked, in a fixed order."""
    source = Source(text)
    seen: set[tuple[int, int, str]] = set()
    counts: dict[str, int] = {}
    made = []
    for mark in source.marks:
        for change in _changes(source, mark):
            after = ast.dump(ast.parse(change.after))
            key = (change.node.lineno, change.node.col_offset, short(change.node) + after)
            if key in seen or after == ast.dump(ast.parse(ast.unparse(change.node))):
                continue
            seen.add(key)
            changed = _applied(source, change)
            name = f"{mark.name}: {short(change.node)} -> {change.after or 'nothing'}"
            counts[name] = counts.get(name, 0) + 1
            number = f" #{counts[name]}" if counts[name] > 1 else ""
            label = label_of(source, mark, change)
            made.append(Mutant(name + number, changed, change.kind, label))
    return made


def _changes(source: Source, mark: Mark) -> Iterator[Change]:
    if mark.op == ENGINE:
        for part in mark.roles:
            yield from MACHINES[part](source, mark)
        return
    cores = list(cores_at(source, mark))
    whole = list(of_statement(mark))
    yield from whole
    kinds = {change.kind for change in whole}
    for core, roles in cores:
        changes = of_core(source, mark, core, roles)
        yield from (one for one in changes if one.node is not core or one.kind not in kinds)
    if mark.direction == "backward":
        yield from exchanged(source, mark, cores)


def _applied(source: Source, change: Change) -> str:
    """The text with the node, and whatever changes with it, replaced."""
    data, starts = source.text.encode(), source.starts
    edits = [(change.node, change.after), *change.also]
    spans = [
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0),
            after,
        )
        for node, after in edits
    ]
    for start, stop, after in sorted(spans, reverse=True):
        data = data[:start] + after.encode() + data[stop:]
    return data.decode()
