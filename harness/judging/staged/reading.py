"""A recorded run as a forward pass and the lines of a backward pass: who is whose gradient."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import takewhile
from typing import Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import LEAF, OTHER, SAME, STORE, Node, Recording, Write
from harness.judging.staged import names
from harness.judging.staged.beginning import Beginning
from harness.judging.staged.events import Event, Reading
from harness.judging.staged.helpers import lines as lines_of_helpers
from harness.judging.staged.outputs import Output, extended, output, without_loss
from harness.judging.staged.program import Forward, ancestors, forward, root, stored
from harness.judging.staged.writes import (
    ALIAS,
    Bound,
    computing,
    given_late,
    is_zero,
    of_objects,
)
from harness.language.case import CaseError
from harness.language.nodes import Problem
from harness.vocabulary.program import Program

COMMENT: Final = re.compile(r"#.*?\bgrad(?:ient)? of (?:the )?`?(?P<step>[A-Za-z_][\w.]*)`?")
"""How a line of code says itself whose gradient it writes."""

NOTHING: Final = ""
"""The step of what is the gradient of none, whatever it is called."""

DETACHED: Final = "detached"
"""With that a line of code says, in a comment, that no gradient goes through it."""


def read(
    file: str,
    text: str,
    recording: Recording,
    given: Mapping[str, str],
    negated: bool = False,
) -> Reading:
    """The forward pass and the gradients that are written; raises :class:`CaseError`. ``given``
    maps names to the steps whose gradients they hold, where somebody has said so. ``negated``: they
    hold minus the gradient."""
    return _Reader(file, text, recording, given).reading(negated)


def _constant(program: Program, names: Collection[str]) -> Program:
    """The program with some of its inputs as constants, whole numbers as integers."""
    constants = dict(program.constants)
    for name in names:
        array = np.asarray(program.inputs[name])
        constants[name] = array.astype(int) if np.all(array == np.round(array)) else array
    inputs = {name: value for name, value in program.inputs.items() if name not in names}
    return replace(program, inputs=inputs, constants=constants)


def forward_of(file: str, text: str, recording: Recording) -> tuple[Forward, int]:
    """The forward pass alone, and the line where a backward pass begins (0: there is none); raises
    :class:`CaseError`."""
    return _Reader(file, text, recording, {}).alone()


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """All parts of a text that are in no function."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.FunctionDef):
            yield from _outside(part)


def _lines(text: str) -> tuple[dict[int, int], set[int]]:
    """Where each statement ends that begins in a line; and the lines that stand in functions."""
    ends: dict[int, int] = {}
    inside: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            ends[node.lineno] = max(ends.get(node.lineno, 0), node.end_lineno or 0)
        if isinstance(node, ast.FunctionDef):
            inside |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return ends, inside


class _Reader:
    def __init__(
        self, file: str, text: str, recording: Recording, given: Mapping[str, str]
    ) -> None:
        self.file, self.recording, self.given = file, recording, dict(given)
        self.lines = text.splitlines()
        self.said: dict[tuple[int, str], str] = {}
        self.locals: list[Event] = []
        self.helpers: list[Event] = []
        helping = lines_of_helpers(text)
        own = [write for write in recording.writes if write.line not in helping]
        self.writes = given_late(list(computing(own)))
        self.of_objects = of_objects(self.writes)
        self.first: dict[Node, Write] = {}
        for write in reversed(own):
            if write.node is not None:
                self.first[root(write.node)] = write
        self.parameters = {write.name for write in own if write.how == "for" and write.scope > 0}
        self.parameters -= {write.name for write in own if write.how != "for"}
        self.ends, inside = _lines(text)
        self.in_functions = inside - helping
        for write in self.writes:
            row = "".join(self.lines[write.line - 1 : write.line]) if write.line else ""
            if found := COMMENT.search(row):
                self.said[write.line, write.name] = found["step"]
                self.given.setdefault(write.name, found["step"])
            if write.node is not None and row.partition("#")[2].strip().startswith(DETACHED):
                write.node.op, write.node.told = OTHER, "detach"

    def _fail(self, line: int, message: str) -> CaseError:
        return CaseError(self.file, [Problem(max(line, 1), 1, message)])

    # -- the two halves ----------------------------------------------------------------------------

    def reading(self, negated: bool) -> Reading:
        begin, bases = self._beginning().found()
        early = [x for x in self.writes[:begin] if x.name in bases and is_zero(x)]
        before = [one for one in self.writes[:begin] if one not in early]
        after = early + self.writes[begin:]
        if not after:
            raise self._fail(len(self.lines), languages.told("staged", "no-gradient"))
        last = self._output(before, after, bases)
        if not last.seeded:
            node, late = extended(before, after, last.node, bases)
            last = Output(node, None, node)
            before, after = [*before, *late], [one for one in after if one not in late]
        error = None if last.seeded else without_loss(after, last.node, bases)
        if error is not None and error.node is not None:
            last = Output(last.node, np.asarray(error.node.value, float), last.step)
        seed = np.asarray(1.0 if last.seed is None else last.seed)
        found = forward(self.file, before, last.node, -seed if negated else seed)
        after = [one for one in after if one.node is None or root(one.node) not in last.beside]
        own = {name for name, labels in found.names.items() if found.labels[last.step] in labels}
        self.labels, self.shapes, self.found = found.labels, found.program.shapes, found
        after = self._until_again(after, self.first.get(last.step))
        rest, (after, cut) = after, self._first_turn(before, after, bases, found.names.keys())
        known = names.distinct({name: tuple(labels) for name, labels in found.names.items()})
        self.helpers = [
            Event(one.name, one.line, one.how, one.node)
            for one in before
            if one.node is not None and one.name not in found.names and root(one.node).op != LEAF
        ]
        events, partials = self._events(before, after, known, own)
        idle = {
            write.name
            for write in before
            if write.node is not None and root(write.node).value.dtype.kind == "f"
        } - found.names.keys()
        for event in events:
            if event.base is None and not event.idle:
                event.idle = names.meant(event.name, idle, own) or ""
        heard = {write.name for write in self.writes} | partials.keys()
        stopped = self.recording.stopped is not None
        cut = cut or self.recording.trained
        unheard = {} if cut or stopped else self._unheard(heard, known, own)
        label, seeded = found.labels[last.step], last.seeded
        more = self.locals, self.helpers
        read = Reading(found, events, partials, label, seeded, cut, unheard, stopped, *more)
        read.taken, read.negated = "" if error is None else self._told(error), negated
        read.ascends = self._ascends(rest, {event.node for event in events})
        return read

    def _told(self, error: Write) -> str:
        """How the code calls a difference that is taken as a gradient."""
        assert error.node is not None
        if self.first.get(root(error.node)) is not None:
            return error.name
        operands = [root(item) for item in error.node.operands if isinstance(item, Node)]
        return " - ".join(self.first[x].name if x in self.first else "…" for x in operands)

    def _ascends(self, writes: Sequence[Write], gradients: Collection[Node | None]) -> bool:
        """Whether inputs have gradients added to them, and none has them taken away."""
        ops = set()
        for write in writes:
            other = write.node is None or names.is_alike(write.name)
            node = None if other or write.node is None else root(write.node)
            if node is not None and node.op in ("add", "sub"):
                before, change = (
                    root(item) if isinstance(item, Node) else item for item in node.operands
                )
                label = self.labels.get(before) if isinstance(before, Node) else None
                if label in self.found.program.inputs and isinstance(change, Node):
                    ops |= {node.op} if ancestors([change]) & set(gradients) else set()
        return ops == {"add"}

    def _beginning(self) -> Beginning:
        return Beginning(self.recording, self.writes, self.given)

    def _output(
        self, before: Sequence[Write], after: Sequence[Write], bases: Mapping[str, str]
    ) -> Output:
        """What is differentiated."""
        found = output(before, after, bases)
        if found is None:
            line = after[0].line if after else len(self.lines)
            raise self._fail(line, languages.told("staged", "nothing-above"))
        return found

    def _unheard(self, heard: Collection[str], known: set[str], own: set[str]) -> dict[str, int]:
        """Names of gradients that the text writes, and the run has not followed."""
        found: dict[str, int] = {}
        for node in _outside(ast.parse("\n".join(self.lines))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name, line = node.id, node.lineno
                holds = any(other.startswith(f"{name}[") for other in heard)
                if not holds and name not in heard and names.meant(name, known, own) is not None:
                    found.setdefault(name, line)
        return found

    def alone(self) -> tuple[Forward, int]:
        """The forward pass, and the line where the backward pass begins."""
        begin, bases = self._beginning().found()
        before, after = self.writes[:begin], self.writes[begin:]
        last = self._output(before, after, bases)
        found = forward(self.file, before, last.node, last.seed)
        wanted = {label for base in bases.values() for label in found.names.get(base, ())}
        program = found.program
        if wanted & program.inputs.keys():
            found = replace(found, program=_constant(program, program.inputs.keys() - wanted))
        return found, after[0].line if after else 0

    def _until_again(self, after: list[Write], output: Write | None) -> list[Write]:
        """The writes up to the call that computes the output once more, as a check by differences
        does."""
        if output is None or output.scope <= 0:
            return after
        place = output.name, output.line
        calls = {write.scope for write in after if (write.name, write.line) == place}
        return list(takewhile(lambda write: write.scope not in calls, after))

    def _first_turn(
        self,
        before: Sequence[Write],
        after: Sequence[Write],
        bases: Mapping[str, str],
        known: Set[str],
    ) -> tuple[list[Write], int]:
        """The writes up to the first that changes a step, as the next turn of a loop begins; what
        changes inputs alone may be followed by more of the backward pass."""
        inputs = self.found.program.inputs.keys()
        updated = {name for name, labels in self.found.names.items() if inputs >= set(labels)}
        seen = {root(write.node) for write in before if write.node is not None}
        kept: list[Write] = []
        for write in after:
            own = write.name in known - updated and write.scope <= 0
            if own and write.name not in bases and write.node is not None:
                node = root(write.node)
                if node not in seen and node.op != LEAF and self._has_gradients(node, kept):
                    return kept, write.line
            kept.append(write)
        return kept, 0

    def _has_gradients(self, node: Node, writes: Sequence[Write]) -> bool:
        own = {write.node for write in writes if names.is_alike(write.name)}
        return bool(ancestors([node]) & own)

    # -- the gradients -----------------------------------------------------------------------------

    def _events(
        self, before: Sequence[Write], after: Sequence[Write], known: set[str], outputs: set[str]
    ) -> tuple[list[Event], dict[str, int]]:
        events: list[Event] = []
        partials: dict[str, int] = {}
        by_node: dict[Node, Event] = {}
        plain = {
            names.meant(write.name, known, outputs)
            for write in after
            if not names.is_error(write.name)
        }
        bound = Bound(before)
        lost = {root(write.node) for write in before if write.node is not None} - self.found.used
        for write in after:
            bound.add(write)
            if write.how == ALIAS:
                continue
            name = write.name
            said = self.said.get((write.line, name))
            base = said or self.given.get(name)
            beside = self.of_objects.get(name)
            if base is None and beside in self.found.names:
                base = beside
            elif base == NOTHING:
                self.helpers.append(Event(name, write.line, write.how, write.node))
                continue
            elif base is not None:
                base = names._known(base, known) or self._unknown(write, base, known)
            elif names.is_partial(name, known, outputs):
                partials.setdefault(name, write.line)
                if write.node is not None:
                    self.locals.append(Event(name, write.line, write.how, write.node))
                continue
            else:
                own = bound.names(write) - {name, *(event.name for event in events)}
                base = self._base(write, own, known | own, outputs)
                if base in plain and names.is_error(name):
                    base = None  # that has a gradient of its own: placed by what it holds
            if base is None and not names.is_alike(name) and not names.is_error(name):
                if write.node is not None:
                    self.helpers.append(Event(name, write.line, write.how, write.node))
                continue
            line, own_line = self._made_in(write), write.line
            event = Event(name, line, write.how, write.node, base, blank=write.node is None)
            event.called = own_line
            event.within = write.scope, write.place
            node = bound.node(write, base)
            event.bound = None if node is None else self.labels.get(node)
            if node in lost:
                event.base, event.idle = None, base or ""
            if write.node is not None:
                self._linked(event, by_node)
                if said and event.reworks is not None and event.how == "=":
                    event.sources.append(event.reworks)  # a step of its own
                    event.reworks = None
                by_node.setdefault(write.node, event)
            events.append(event)
        return events, partials

    def _base(self, write: Write, own: set[str], known: set[str], outputs: set[str]) -> str | None:
        """The step that a gradient is called after: one of the call's or the object's ``own``, or
        any; the first that has its shape, if one has. What is only a parameter of another function
        must have it."""
        if write.how == "for":  # a parameter is after nothing that another object has
            known = {name for name in known if name in own or "." not in name}
        every = [
            names.meant(write.name, own, loosely=False),
            names.meant(write.name, known, outputs, loosely=False),
            names.meant(write.name, own),
            names.meant(write.name, known, outputs),
        ]
        found = [base for base in every if base is not None]
        shapes = {
            name: {self.shapes[label] for label in self.found.names.get(name, ())} for name in found
        }
        node = write.node
        fitting = (x for x in found if node is not None and node.value.shape in shapes[x])
        others = self.parameters - own
        return next(fitting, next((base for base in found if base not in others), None))

    def _made_in(self, write: Write) -> int:
        """The line of a write; of what a function has returned without giving it a name, the line
        in that."""
        node = None if write.node is None else root(write.node)
        if node is None or write.how == "+=" or node.op in (LEAF, STORE):
            return write.line
        first = self.first.get(node) is write
        inside = write.line <= node.line <= self.ends.get(write.line, write.line)
        own = node.line in self.in_functions
        return node.line if first and own and not inside else write.line

    def _unknown(self, write: Write, step: str, known: set[str]) -> str:
        listed = ", ".join(sorted(known)[:12])
        told = languages.told("staged", "no-such-step", name=write.name, step=step, listed=listed)
        raise self._fail(write.line, told)

    def _linked(self, event: Event, by_node: Mapping[Node, Event]) -> None:
        """Finds the gradients that the line is made of, and how it is made of its own name's."""
        assert event.node is not None
        start = event.node
        if start in by_node:  # put into a list, and nothing else
            event.carried.append(by_node[start])
            return
        seen: set[Node] = set()
        waiting: list[tuple[Node, bool]] = [(start, True)]
        while waiting:
            node, additive = waiting.pop()
            node = stored(node)
            hit = by_node.get(node) if node is not start else None
            if hit is not None:
                own = hit.name == event.name and hit.within == event.within
                own &= hit.base is not None or hit.value.shape == event.value.shape
                if own and not additive:
                    event.reworks = hit
                elif additive and hit not in event.carried:
                    event.carried.append(hit)
                elif not additive and hit not in event.sources:
                    event.sources.append(hit)
                continue
            if node in seen:
                continue
            seen.add(node)
            event.used.append(node)
            for position, item in enumerate(node.operands):
                if isinstance(item, Node):
                    adds = (
                        node.op == SAME or node.op == "add" or (node.op == "sub" and not position)
                    )
                    waiting.append((item, additive and adds))
