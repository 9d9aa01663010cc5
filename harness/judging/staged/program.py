"""From a recorded run to a program: its forward pass, what it names, and what it ends in."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import OTHER, SAME, STORE, Node, Write
from harness.language.case import CaseError
from harness.language.expression import Flattener
from harness.language.nodes import Problem
from harness.language.recognising import recognised
from harness.language.steps import MAX_STEPS, TooManySteps
from harness.language.syntax import is_name, shorten
from harness.vocabulary.program import Array, Program, Stage, Value, default_seed, leaf
from harness.vocabulary.signatures import COMPARISONS, GATES
from harness.vocabulary.spelling import Written, number, written

FLAT: Final = frozenset(
    {"np.sign", "np.floor", "np.ceil", "np.round", "np.rint", "detach", "round"}
)
"""Functions whose derivative is zero, or that cut what they are given off."""

_ITEM: Final = re.compile(r"[\w.]+\['(?P<key>\w+)'\]|[\w.]+\.(?P<part>\w+)")

LONGEST_TOLD: Final = 30

KEPT: Final = frozenset({"inf", "nan", *GATES})
"""Names that mean something else in a case."""


def root(node: Node) -> Node:
    """What a node is another name of."""
    while node.op == SAME and isinstance(node.operands[0], Node):
        node = node.operands[0]
    return node


def stored(node: Node) -> Node:
    """What was written into an array where a node is taken out of it; else the node itself."""
    if node.op != "index" or not isinstance(node.operands[0], Node):
        return node
    array = root(node.operands[0])
    if array.op != STORE:
        return node
    places = np.arange(array.value.size).reshape(array.value.shape)
    wanted = places[tuple(node.parameters["index"])].ravel()
    while array.op == STORE:
        before, given = array.operands
        own = np.asarray(array.parameters["places"]).ravel()
        if isinstance(given, Node) and np.array_equal(own, wanted) and given.value.size == own.size:
            return given
        if not isinstance(before, Node) or np.intersect1d(own, wanted).size:
            break
        array = root(before)
    return node


@dataclass(frozen=True)
class Forward:
    """The forward pass: its program, and for each name the steps and leaves that it stood for, one
    after the other. ``labels`` are their names in the program, ``lines`` where they were written,
    ``called`` what their author calls them, with the turn of how many."""

    program: Program
    names: Mapping[str, Sequence[str]]
    labels: Mapping[Node, str]
    lines: Mapping[str, int]
    called: Mapping[str, tuple[str, int, int]]
    used: Set[Node] = frozenset()
    """All that the output is made of."""

    def say(self, name: str) -> str:
        """How a step is called for people; one without a name by what it computes."""
        told, turn, count = self.called.get(name, (self.name(name), 1, 1))
        if count == 1:
            return told
        return languages.told("staged", "turn", name=told, turn=turn, count=count)

    def name(self, name: str) -> str:
        """The same, of a loop's turns alike."""
        return self.called[name][0] if name in self.called else shorten(name, LONGEST_TOLD)


def forward(file: str, writes: Sequence[Write], output: Node, seed: Any) -> Forward:
    """The program that the ``writes`` before the backward pass have computed, up to ``output``;
    raises :class:`CaseError`."""
    return _Builder(file, writes, root(output)).forward(seed)


class _Builder:
    def __init__(self, file: str, writes: Sequence[Write], output: Node) -> None:
        self.file, self.output = file, output
        self.problems: list[Problem] = []
        self.instances: dict[str, list[Node]] = {}
        self.lines: dict[Node, int] = {}
        self.first: dict[Node, str] = {}
        for write in writes:
            if write.node is None:
                continue
            node = root(write.node)
            own = self.instances.setdefault(write.name, [])
            if node not in own:
                own.append(node)
            self.first.setdefault(node, write.name)
            self.lines.setdefault(node, write.line)
        self.differs: dict[Node, bool] = {}
        self.leaves: set[Node] = set()
        self.needed = self._ancestors()
        self.labels = self._labelled()
        self.constants: dict[str, Array] = {}
        self.texts: dict[Node, Written] = {}

    def _operands(self, node: Node) -> list[Node]:
        return [root(item) for item in node.operands if isinstance(item, Node)]

    def _ancestors(self) -> list[Node]:
        """All that the output is made of and that has a derivative, in the order of the run."""
        found, waiting = {self.output}, [self.output]
        while waiting:
            for item in self._operands(waiting.pop()):
                if item not in found:
                    found.add(item)
                    waiting.append(item)
        nodes = sorted(found, key=lambda node: node.number)
        for node in nodes:
            self.differs[node] = self._differs(node)
        return [node for node in nodes if self.differs[node]]

    def _differs(self, node: Node) -> bool:
        """Whether a derivative by the node means something. What has a name and is made of numbers
        without one is an input."""
        if node.op in COMPARISONS or node.value.dtype.kind != "f":
            return False
        flat = node.op == OTHER and node.told in FLAT
        if not flat and any(self.differs.get(item, False) for item in self._operands(node)):
            return True
        if node in self.first:
            self.leaves.add(node)
        return node in self.leaves

    def _labelled(self) -> dict[Node, str]:
        """Names for what was named, and for what is used more than once."""
        uses: dict[Node, int] = {}
        for node in self.needed:
            for item in set(self._operands(node)):
                uses[item] = uses.get(item, 0) + 1
        taken: set[str] = set()
        labels: dict[Node, str] = {}
        counts = {
            name: [node for node in nodes if self.differs.get(node)]
            for name, nodes in self.instances.items()
        }
        for node in self.needed:
            name = self.first.get(node)
            if name is None:
                if uses.get(node, 0) < 2 and node is not self.output:
                    continue
                wish = f"v{node.number}"
            else:
                several = counts[name]
                wish = _name(name)
                if len(several) > 1:
                    wish = f"{wish}_{several.index(node) + 1}"
            while wish in taken or wish in KEPT or not is_name(wish):
                wish += "_"
            taken.add(wish)
            labels[node] = wish
        self.taken = taken
        return labels

    # -- the program -------------------------------------------------------------------------------

    def forward(self, seed: Any) -> Forward:
        inputs: dict[str, Value] = {}
        lines: dict[str, tuple[Node, str]] = {}
        for node in self.needed:
            if node in self.leaves:
                inputs[self.labels[node]] = leaf(node.value)
            elif node in self.labels:
                lines[self.labels[node]] = node, self._text(node).text
            else:
                self._text(node)
        self._raise()
        if not inputs or not lines:
            told = languages.told("staged", "no-named-number")
            raise CaseError(self.file, [Problem(max(self.output.line, 1), 1, told)])
        shapes = {name: np.shape(value) for name, value in {**inputs, **self.constants}.items()}
        flattener = Flattener(shapes, self.constants)
        stages = []
        for name, (node, text) in lines.items():

            def complain(_: ast.AST, message: str, node: Node = node) -> None:
                self._complain(node, message)

            try:
                flattener.stage(name, recognised(ast.parse(text, mode="eval").body), complain)
            except TooManySteps:
                self._complain(node, languages.told("staged", "too-many-steps", count=MAX_STEPS))
                break
            except (RecursionError, MemoryError):
                self._complain(node, languages.told("staged", "line-too-long"))
            stages.append(Stage(name, text))
        self._raise()
        output = self.labels[self.output]
        shape = flattener.shapes[output]
        program = Program(
            inputs,
            self.constants,
            tuple(flattener.steps),
            flattener.shapes,
            leaf(default_seed(shape) if seed is None else np.broadcast_to(seed, shape).copy()),
            stages=tuple(stages),
        )
        names = {
            name: [self.labels[node] for node in nodes if node in self.labels]
            for name, nodes in self.instances.items()
        }
        called: dict[str, tuple[str, int, int]] = {}
        own = {self.labels[node]: name for node, name in self.first.items() if node in self.labels}
        for name, labels in names.items():
            for turn, label in enumerate(labels, 1):
                if own.get(label) == name:  # and not a parameter's
                    called[label] = name, turn, len(labels)
        where = {label: self.lines.get(node, node.line) for node, label in self.labels.items()}
        return Forward(
            program,
            {name: labels for name, labels in names.items() if labels},
            self.labels,
            where,
            called,
            ancestors([self.output]),
        )

    def _complain(self, node: Node, message: str) -> None:
        self.problems.append(Problem(max(node.line, 1), max(node.column, 1), message))

    def _raise(self) -> None:
        if self.problems:
            raise CaseError(self.file, self.problems)

    # -- texts -------------------------------------------------------------------------------------

    def _written(self, item: Node | int | float) -> Written:
        """How an operand is written."""
        if not isinstance(item, Node):
            return number(item) if math.isfinite(item) else Written(repr(float(item)))
        node = root(item)
        if not self.differs.get(node, False):
            return self._constant(node)
        if node in self.labels:
            return Written(self.labels[node])
        return self._text(node)

    def _constant(self, node: Node) -> Written:
        if node.value.dtype.kind == "b":
            return self._held(node.value.astype(float), self.first.get(node, ""))
        if not node.value.ndim:
            return number(float(node.value))
        return self._held(node.value, self.first.get(node, ""))

    def _held(self, array: Array, name: str = "") -> Written:
        """A constant of the program that holds an array."""
        for known, other in self.constants.items():
            if other.dtype == array.dtype and np.array_equal(other, array):
                return Written(known)
        wish = _name(name) if name else f"c{len(self.constants) + 1}"
        while wish in self.taken or wish in KEPT or not is_name(wish):
            wish += "_"
        self.taken.add(wish)
        self.constants[wish] = array
        return Written(wish)

    def _text(self, node: Node) -> Written:
        if node not in self.texts:
            self.texts[node] = self._made(node)
        return self.texts[node]

    def _made(self, node: Node) -> Written:
        if node.op == OTHER:
            about = "aliased" if node.parameters.get("aliased") else "unknown-here"
            self._complain(node, languages.told("staged", about, name=node.told))
            return Written("0")
        if node.op == SAME:
            return self._written(node.operands[0])
        if node.op == STORE:
            return self._stored(node)
        operands = [self._written(item) for item in node.operands]
        if node.op == "where":
            operands[0] = self._condition(node.operands[0])
        parameters = node.parameters
        if node.op == "index":
            parameters = {"index": tuple(map(self._places, parameters["index"]))}
        return written(GATES[node.op], operands, parameters)

    def _places(self, item: Any) -> Any:
        """A part of an index; places that have a name by that."""
        for node, name in self.first.items() if isinstance(item, list) else ():
            if node.value.dtype.kind == "i" and node.value.ndim and node.value.tolist() == item:
                return self._held(node.value, name).text
        return item

    def _condition(self, item: Node | int | float) -> Written:
        """What chooses: a comparison of what has a derivative as it is, else a constant."""
        if isinstance(item, Node):
            node = root(item)
            if node.op in COMPARISONS and any(self.differs.get(x) for x in self._operands(node)):
                parts = [self._written(part) for part in node.operands]
                return written(GATES[node.op], parts, {})
            return self._held(node.value.astype(bool))
        return self._held(np.asarray(bool(item)))

    def _stored(self, node: Node) -> Written:
        """A write into an array: what was there, and in its place what was written."""
        before, given = node.operands
        places = np.asarray(node.parameters["places"])
        shape = node.value.shape
        flat = np.zeros(node.value.size, bool)
        flat[places.ravel()] = True
        value = self._written(given)
        if isinstance(given, Node) and given.value.ndim:
            source = np.broadcast_to(
                np.arange(given.value.size).reshape(given.value.shape), places.shape
            )
            origin = np.zeros(node.value.size, int)
            origin[places.ravel()] = source.ravel()
            row = written(GATES["reshape"], [value], {"shape": (given.value.size,)})
            taken = written(GATES["index"], [row], {"index": (origin.tolist(),)})
            value = written(GATES["reshape"], [taken], {"shape": shape})
        if flat.all() and isinstance(given, Node) and given.value.ndim:
            return value
        mask = self._held(flat.reshape(shape))
        return written(GATES["where"], [mask, value, self._written(before)], {})


def _name(name: str) -> str:
    """A name as a case has it; that of an item is its key, of an attribute its own."""
    if found := _ITEM.fullmatch(name):
        name = found["key"] or found["part"]
    kept = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign == "_") else "_" for sign in name
    )
    kept = kept.strip("_") or "v"
    return kept if kept[0].isalpha() else f"v{kept}"


def ancestors(nodes: Iterable[Node]) -> set[Node]:
    """All that nodes are made of, themselves included."""
    found = set(nodes)
    waiting = list(found)
    while waiting:
        for item in waiting.pop().operands:
            if isinstance(item, Node) and item not in found:
                found.add(item)
                waiting.append(item)
    return found
