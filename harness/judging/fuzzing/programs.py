"""From a string of choices to a well-formed program.

:func:`build` is a plain function of bytes. Any bytes will do, shorter strings and smaller bytes
give simpler programs, and most changes of one byte change one thing: that is what lets Hypothesis
shrink what it finds.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

import numpy as np

from harness.language.expression import Flattener
from harness.language.writing import stages
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Stage, Step, Value, default_seed
from harness.vocabulary.shapes import Shape, ShapeError, infer
from harness.vocabulary.signatures import COMPARISONS, OPERATIONS, Operation
from harness.vocabulary.spelling import Written, spelled

HEADER_BYTES: Final = 8
CODE_BYTES: Final = 8
SHAPE_BYTE: Final = 4
"""That of a step's code which chooses the shape of a new leaf."""

VALUE_BYTES: Final = 8
GENE_BYTES: Final = CODE_BYTES + VALUE_BYTES
MAX_STEPS: Final = 16
MOST: Final = 64
"""The elements of the largest array."""

LARGEST: Final = 1e6
"""Beyond this magnitude a step is left out, but in programs of extreme numbers."""

TURNS: Final = {125: 3, 126: 40, 127: 1100}
"""By a byte, how often a last step is repeated. 1,100 turns are more than Python's stack has room
for."""

FRIENDLY: Final = (2.0, 3.0, 1.0, 0.5, -1.0, 0.0, -2.0, 1.5, 0.25, -0.5, 4.0, -3.0, 0.75, 0.0)
ODD: Final = (0.3, -1.7, 2.4, 0.9, -0.2, 1.1, -0.6, 0.05, 5.5, -4.2)
LARGE: Final = (1e3, -1e3, 800.0, -800.0, 1e8, -1e8, 60.0, -90.0)
SMALL: Final = (1e-8, -1e-8, 1e-12, 1e-30, 1e-5, -1e-5)
"""Not in one program with others, which would hide what is wrong with them."""
NUMBERS: Final = (2, 1, 3, 0.5, -1, 0, 1.5, -2.0)
"""Numbers that are written into an expression."""

SHAPES: Final[tuple[Shape, ...]] = (
    (3,),
    (2, 3),
    (2,),
    (),
    (2, 1),
    (1, 3),
    (2, 2),
    (3, 2),
    (2, 1, 3),
    (1,),
    (2, 3, 2),
    (4,),
)
"""Shapes of new leaves, the simplest first."""

EQUATIONS: Final = (
    "i->",
    "ij->ji",
    "ij->i",
    "ij->j",
    "ii->i",
    "i,i->",
    "ij,j->i",
    "ij,jk->ik",
    "i,j->ij",
    "ij,ij->i",
    "ij,kj->ik",
    "bij,bjk->bik",
    "i,ij,j->",
)
CLAMPS: Final[tuple[dict[str, float], ...]] = (
    {"min": -1, "max": 1},
    {"min": 0},
    {"max": 2},
    {"min": 1.0, "max": 3},
)
SIZES: Final = {"i": 2, "j": 3, "k": 2, "b": 2}

DOMAINS: Final[Mapping[tuple[str, int], Callable[[Array], Any]]] = {
    ("log", 1): lambda x: x > 0,
    ("sqrt", 1): lambda x: x >= 0,
    ("log1p", 1): lambda x: x > -1,
    ("asin", 1): lambda x: abs(x) <= 1,
    ("acos", 1): lambda x: abs(x) <= 1,
    ("reciprocal", 1): lambda x: x != 0,
    ("div", 2): lambda x: x != 0,
    ("binary_cross_entropy", 1): lambda x: (x > 0) & (x < 1),
    ("binary_cross_entropy", 2): lambda x: (x >= 0) & (x <= 1),
}
"""Where the operands of an operation may lie, the first one numbered 1."""

INTO: Final[Mapping[tuple[str, int], Callable[[Array], Array]]] = {
    ("log", 1): lambda x: abs(x) + (x == 0),
    ("sqrt", 1): abs,
    ("log1p", 1): abs,
    ("asin", 1): lambda x: x / 8,
    ("acos", 1): lambda x: x / 8,
    ("reciprocal", 1): lambda x: x + (x == 0),
    ("div", 2): lambda x: x + (x == 0),
    ("binary_cross_entropy", 1): lambda x: (x + 8) / 16,
    ("binary_cross_entropy", 2): lambda x: (x + 8) / 16,
}
"""New numbers, taken there."""

_FRESH, _OPEN, _TAKEN, _ANY = range(4)
_EARLIER: Final = (
    (_FRESH, 1),
    (_OPEN, 1),
    (_OPEN, 1),
    (_OPEN, 2),
    (_TAKEN, 1),
    (_TAKEN, 2),
    (_TAKEN, 3),
    (_ANY, 1),
    (_ANY, 2),
    (_ANY, 4),
)
"""By a byte, where an operand is fetched from, and how far back: a new leaf; the steps that nothing
uses yet, so that they take part; what is used already, so that it is used twice; or anything."""

NAMES: Final = {
    "input": ("x", "y", "z", "w", "v", "u"),
    "constant": ("c", "k", "m", "n"),
    "step": ("a", "b", "g", "h", "p", "q", "r", "s", "t"),
}


@dataclass(frozen=True, slots=True)
class Menu:
    """What programs are made of: the operations on plain numbers, and those on arrays."""

    scalars: tuple[str, ...] = tuple(OPERATIONS)
    arrays: tuple[str, ...] = tuple(OPERATIONS)
    order: int = 1

    def only(self, *ops: str) -> Menu:
        """The menu with these operations alone, where it has them."""
        return Menu(
            tuple(op for op in self.scalars if op in ops),
            tuple(op for op in self.arrays if op in ops),
            self.order,
        )


@dataclass(eq=False, slots=True)
class Node:
    """A leaf or a step, as long as nothing has a name yet."""

    kind: str
    number: Array
    op: str = ""
    operands: tuple[Node | int | float, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        found: Shape = self.number.shape
        return found

    @property
    def parents(self) -> list[Node]:
        """The nodes it is made from, those that an index names among them."""
        found: list[Any] = [*self.operands]
        for item in self.parameters.values():
            found += item if isinstance(item, tuple) else ()
        return [item for item in found if isinstance(item, Node)]


class _Left(Exception):
    """A step that cannot be: it is left out."""


def build(header: bytes, genes: Sequence[bytes], menu: Menu) -> Program | None:
    """The program that the choices stand for; None where nothing of it depends on an input.

    ``header`` has ``HEADER_BYTES``. Each gene is a step: ``CODE_BYTES`` that say what is done to
    what, and up to ``VALUE_BYTES`` for the numbers of its new leaves.
    """
    return _Builder(header, menu).program(genes)


class _Builder:
    def __init__(self, header: bytes, menu: Menu) -> None:
        self.menu = menu
        self.arrays = bool(menu.arrays) and (not menu.scalars or header[0] % 3 != 0)
        self.ops = menu.arrays if self.arrays else menu.scalars
        self.extreme = header[1] % 16 > 11
        self.small = header[1] % 16 > 13
        self.wild = header[1] % 16 == 11
        self.dead = header[2] % 8 == 7
        self.joined = header[2] % 8 in (4, 5, 6)
        self.passes = 2 if header[3] % 8 == 7 else 1
        self.dtype = "float32" if self.arrays and header[4] % 16 == 15 else "float64"
        self.seeded = header[5] % 4 == 3
        self.turns = TURNS.get(header[6] % 128, 0)
        self.nested = header[7] % 4 == 3
        self.nodes: list[Node] = []
        self.code = self.bytes = b""
        self.drawn = 0

    def program(self, genes: Sequence[bytes]) -> Program | None:
        for gene in genes:
            self.code, self.bytes, self.drawn = gene[:CODE_BYTES], gene[CODE_BYTES:], 0
            before = len(self.nodes)
            try:
                self._step(OPERATIONS[self.ops[gene[0] % len(self.ops)]])
            except _Left:
                del self.nodes[before:]
        if self.joined:
            self._join()
        output = next((n for n in reversed(self.nodes) if n.kind == "step"), None)
        needed = None if output is None else kept(self.nodes, output, self.dead)
        if needed is None:
            return None
        found = named(needed, self.dtype, self.menu.order)
        if self.seeded:
            seed = _typed(np.asarray(default_seed(needed[-1].shape)) * 2.5, self.dtype)
            found = replace(found, seed=seed)
        found = replace(found, passes=self.passes)
        if self.turns:
            found = self._repeated(found)
        return _nested(found) if self.nested and not self.turns else found

    # -- one step ----------------------------------------------------------------------------------

    def _step(self, operation: Operation) -> None:
        op, rule = operation.name, operation.shape
        parameters: dict[str, Any] = {}
        operands: list[Node | int | float]
        if rule == "einsum":
            operands, parameters = self._einsum(operation)
        elif op == "where":
            first = self._node(1, rule)
            operands = [self._condition(first), first, self._second(2, operation, [first])]
        else:
            first = self._node(1, rule, op)
            parameters = self._parameters(operation, first)
            operands = [first]
            if operation.variadic:
                for position in range(2, 2 + self.code[5] % 3):
                    operands.append(self._second(position, operation, [first], parameters))
            elif op == "cross_entropy":
                operands.append(self._labels(first))
            else:
                for position in range(2, 1 + len(operation.operands)):
                    operands.append(self._second(position, operation, operands, parameters))
            if operation.shape == "broadcast" and len(operands) == 2:
                operands = self._with_number(operation, operands)
        items = parameters.get("index", ())
        operands += [item for item in items if isinstance(item, Node)]
        self._add(op, operands, parameters)

    def _add(
        self, op: str, operands: Sequence[Node | int | float], parameters: dict[str, Any]
    ) -> Node:
        """The step as a node, its value computed; raises :class:`_Left` where it cannot be."""
        named: dict[int, str] = {}
        leaves: dict[str, Array] = {}
        for item in operands:
            if isinstance(item, Node) and id(item) not in named:
                named[id(item)] = name = f"n{len(named)}"
                leaves[name] = item.number
        told = tuple(named.get(id(item), item) for item in operands)
        written = dict(parameters)
        if op == "index":
            written["index"] = tuple(named.get(id(item), item) for item in parameters["index"])
        step = Step("out", op, told, written)  # type: ignore[arg-type]
        shape = _shape(op, operands, parameters)
        program = Program({}, leaves, (step,), {"out": shape}, 1.0, self.dtype)
        try:
            with np.errstate(all="ignore"):
                number = local.value(program, step, {})
        except Unanswerable:
            raise _Left from None
        if not self.wild and number.dtype.kind == "f":
            large = 1e300 if self.extreme else LARGEST
            if not np.all(np.abs(number.astype(np.float64)) < large):
                raise _Left
        node = Node("step", number, op, tuple(operands), parameters)
        self.nodes.append(node)
        return node

    def _with_number(
        self, operation: Operation, operands: list[Node | int | float]
    ) -> list[Node | int | float]:
        """One operand as a number written into the expression, or the very same operand twice."""
        choice, first = self.code[6] % 8, operands[0]
        number = NUMBERS[self.code[7] % len(NUMBERS)]
        if choice == 4:
            return [first, first]
        if choice == 5 and not (operation.name == "div" and number == 0):
            return [first, number]
        if choice == 6 and not (operation.name == "pow" and number <= 0):
            return [number, first]
        if operation.name == "pow" and choice < 4 and not self.wild:
            return [first, NUMBERS[self.code[7] % 3]]
        return operands

    def _node(self, position: int, rule: str, op: str = "") -> Node:
        """The operand at ``position`` as the code has it: an earlier node that fits, or a leaf."""

        def fits(node: Node) -> bool:
            return _fits_alone(rule, node.shape) and self._in_domain(op, 1, node.number)

        found = self._earlier(position, fits)
        if found is not None:
            return found
        return self._leaf(self._new_shape(rule), op)

    def _second(
        self,
        position: int,
        operation: Operation,
        operands: Sequence[Node | int | float],
        parameters: Mapping[str, Any] | None = None,
    ) -> Node:
        """An operand that fits those before it."""
        op = operation.name
        before = [operand for operand in operands if isinstance(operand, Node)]

        def allowed(shape: Shape) -> bool:
            shapes = [*(node.shape for node in before), shape]
            if operation.shape == "layer_norm":
                return shape == shapes[0][-1:]
            if operation.shape == "conv2d" and len(shape) != 4:
                return False
            try:
                rule = "broadcast" if op == "where" else operation.shape
                defaults = {key: value.default for key, value in operation.parameters.items()}
                result = infer(rule, shapes, {**defaults, **(parameters or {})})
            except ShapeError:
                return False
            return math.prod(result) <= MOST

        def fits(node: Node) -> bool:
            return allowed(node.shape) and self._in_domain(op, position, node.number)

        found = self._earlier(position, fits)
        if found is not None:
            return found
        first = before[0].shape
        choices: list[Shape] = [first, *_partners(operation.shape, first)]
        if operation.shape == "broadcast" and self.arrays:
            choices += [(), first[-1:], (2, *first[1:]), (1, *first), (*first[:-1], 1), (2, *first)]
        able = [shape for shape in dict.fromkeys(choices) if allowed(shape)]
        if not able:
            raise _Left
        shape = able[self.code[SHAPE_BYTE] % len(able)]
        return self._leaf(shape, op, position)

    def _earlier(self, position: int, fits: Callable[[Node], bool]) -> Node | None:
        kind, back = _EARLIER[self.code[position] % len(_EARLIER)]
        if kind == _FRESH or (self.extreme and kind == _TAKEN):
            return None  # extreme numbers are for what is done to them first
        able = [
            node
            for node in reversed(self.nodes)
            if node.op not in COMPARISONS and node.number.dtype.kind == "f" and fits(node)
        ]
        used = {id(parent) for node in self.nodes for parent in node.parents}
        wanted = [node for node in able if kind == _ANY or (id(node) in used) == (kind == _TAKEN)]
        chosen = wanted or able
        return chosen[min(back, len(chosen)) - 1] if chosen else None

    def _in_domain(self, op: str, position: int, number: Array) -> bool:
        domain = DOMAINS.get((op, position))
        return self.wild or domain is None or bool(np.all(domain(number)))

    # -- leaves ------------------------------------------------------------------------------------

    def _new_shape(self, rule: str) -> Shape:
        if rule == "conv2d":
            return ((1, 1, 3, 3), (2, 2, 3, 3), (1, 1, 4, 3))[self.code[SHAPE_BYTE] % 3]
        if rule == "pool2d":
            return ((1, 1, 2, 2), (1, 2, 4, 4), (1, 1, 3, 5))[self.code[SHAPE_BYTE] % 3]
        if not self.arrays:
            if not _fits_alone(rule, ()):
                raise _Left
            return ()
        able = [shape for shape in SHAPES if _fits_alone(rule, shape)]
        return able[self.code[SHAPE_BYTE] % len(able)]

    def _leaf(self, shape: Shape, op: str = "", position: int = 1) -> Node:
        """A new input, or constant, with numbers that ``op`` is defined for."""
        constant = bool(self.nodes) and self.code[3] % 16 == 15
        number = self._numbers(shape)
        if not self.wild and (op, position) in INTO:
            number = np.asarray(INTO[op, position](number))
        number = number.astype(self.dtype).astype(np.float64)
        node = Node("constant" if constant else "input", number)
        self.nodes.append(node)
        return node

    def _numbers(self, shape: Shape) -> Array:
        """By the gene's bytes, which, where there are too few, come again as they are or changed;
        without any, 2, 3, 4, …"""
        size, start = math.prod(shape), self.drawn
        self.drawn += size
        if not self.bytes:
            return np.arange(2.0 + start, 2.0 + start + size).reshape(shape)
        palette: tuple[float, ...] = FRIENDLY + ODD
        if self.extreme:
            palette = SMALL if self.small else LARGE + FRIENDLY[:4]
        turns = (divmod(i, len(self.bytes)) for i in range(start, start + size))
        change = self.bytes[0] % 2
        chosen = [palette[(self.bytes[i] + turn * change) % len(palette)] for turn, i in turns]
        return np.array(chosen).reshape(shape)

    def _constant(self, array: Any) -> Node:
        node = Node("constant", np.asarray(array))
        self.nodes.append(node)
        return node

    def _labels(self, logits: Node) -> Node:
        classes, count_ = logits.shape[-1], math.prod(logits.shape[:-1])
        labels = [(self.code[5] + i * self.code[6]) % classes for i in range(count_)]
        return self._constant(np.array(labels, dtype=np.int64).reshape(logits.shape[:-1]))

    def _condition(self, like: Node) -> Node:
        """A comparison, or a constant of booleans, for ``where``."""
        choice = self.code[5] % 8
        if choice == 7:
            chosen = [(self.code[6] >> (i % 8)) & 1 == 0 for i in range(math.prod(like.shape))]
            return self._constant(np.array(chosen, dtype=np.bool_).reshape(like.shape))
        op = tuple(COMPARISONS)[self.code[6] % 6]
        number = (0, 1, 0.5)[self.code[7] % 3]
        return self._add(op, [like, number], {})

    # -- parameters --------------------------------------------------------------------------------

    def _parameters(self, operation: Operation, x: Node) -> dict[str, Any]:
        first, second, third = self.code[5], self.code[6], self.code[7]
        rank, op = len(x.shape), operation.name
        axes = [*range(-1, -rank - 1, -1), *range(rank)]
        axis = axes[first % len(axes)] if axes else 0
        if "keepdims" in operation.parameters:
            return self._reduced(operation, x, axis)
        if op == "index":
            return {"index": self._items(x)}
        chosen: dict[str, Callable[[], dict[str, Any]]] = {
            "leaky_relu": lambda: [{}, {"negative_slope": 0.2}][first % 2],
            "elu": lambda: [{}, {"alpha": 0.5}][first % 2],
            "clamp": lambda: CLAMPS[first % 4],
            "cumsum": lambda: {"axis": axis},
            "cumprod": lambda: {"axis": axis},
            "softmax": lambda: {"axis": axis} if second % 2 else {},
            "log_softmax": lambda: {"axis": axis} if second % 2 else {},
            "reshape": lambda: {"shape": _reshapes(x.shape)[first % len(_reshapes(x.shape))]},
            "transpose": lambda: {"axis0": axis, "axis1": axes[second % len(axes)]},
            "permute": lambda: {"axes": _permutation(rank, first, second)},
            "broadcast_to": lambda: {"shape": ((2, *x.shape), _stretched(x.shape))[first % 2]},
            "unsqueeze": lambda: {"axis": range(-1, rank + 1)[first % (rank + 2)]},
            "squeeze": lambda: {"axis": x.shape.index(1) - (rank if first % 2 else 0)},
            "flip": lambda: {"axis": tuple(range(rank)) if second % 4 == 3 else axis},
            "pad": lambda: {
                "pad": (1, 0) if rank < 2 or first % 2 else (0, 1, 1, 0),
                **({"value": 1.5} if second % 2 else {}),
            },
            "concat": lambda: {"axis": axis} if second % 2 else {},
            "stack": lambda: {"axis": (0, 1, -1)[second % 3]} if rank and third % 2 else {},
            "layer_norm": lambda: {"eps": 0.1} if first % 2 else {},
            "conv2d": lambda: [{}, {"padding": 1}, {"stride": 2}][first % 3],
            "max_pool2d": lambda: [{}, {"stride": 1}][first % 2],
            "avg_pool2d": lambda: [{}, {"stride": 1}][first % 2],
        }
        return chosen[op]() if op in chosen else {}

    def _reduced(self, operation: Operation, x: Node, axis: int) -> dict[str, Any]:
        first, second, third = self.code[5], self.code[6], self.code[7]
        rank = len(x.shape)
        parameters: dict[str, Any] = {}
        if rank and second % 3 == 1:
            parameters["axis"] = axis
        elif rank > 1 and second % 3 == 2 and operation.parameters["axis"].kind == "axes":
            parameters["axis"] = (0, 1) if first % 2 else (-1, 0)
        if third % 3 == 2:
            parameters["keepdims"] = True
        if "correction" in operation.parameters:
            reduced = _count(x.shape, parameters.get("axis"))
            if reduced == 1 or first % 3 == 2:
                parameters["correction"] = 0
        return parameters

    def _items(self, x: Node) -> tuple[Any, ...]:
        """What stands in the brackets of an index."""
        size, rank = x.shape[0], len(x.shape)
        last = size - 1
        choices: list[tuple[Any, ...]] = [
            (0,),
            (slice(1, None),),
            ([0, 0, last],),
            (-1,),
            (slice(None, None, -1),),
            (slice(None, None, 2),),
            (..., 0),
            (None, slice(0, 1)),
            ([i != 1 for i in range(size)],),
            ([[0, last], [last, 0]],),
        ]
        if rank > 1:
            choices += [
                (slice(None), 0),
                (0, slice(None, None, -1)),
                ([0, last, 0], [0, 0, x.shape[1] - 1]),
                (slice(None), [0, 0]),
            ]
        if self.code[6] % 8 == 7:
            return (self._constant(np.array([last, 0, last])),)
        return choices[self.code[5] % len(choices)]

    def _einsum(self, operation: Operation) -> tuple[list[Node | int | float], dict[str, Any]]:
        equation = EQUATIONS[self.code[5] % len(EQUATIONS)]
        sizes: dict[str, int] = {}
        operands: list[Node | int | float] = []
        for position, term in enumerate(equation.partition("->")[0].split(","), 1):

            def fits(node: Node, term: str = term, sizes: dict[str, int] = sizes) -> bool:
                pairs = {*zip(term, node.shape, strict=False), *sizes.items()}
                return len(term) == len(node.shape) and len(pairs) == len(dict(pairs))

            node = self._earlier(position, fits)
            if node is None:
                node = self._leaf(tuple(sizes.get(letter, SIZES[letter]) for letter in term))
            sizes |= dict(zip(term, node.shape, strict=True))
            operands.append(node)
        return operands, {"equation": equation}

    # -- the whole ---------------------------------------------------------------------------------

    def _join(self) -> None:
        """Adds up the steps that nothing uses, as far as their shapes go together."""
        op = next((op for op in ("add", "mul", "sub") if op in self.ops), None)
        used = {id(parent) for node in self.nodes for parent in node.parents}
        ends = [n for n in self.nodes if n.kind == "step" and id(n) not in used]
        if op is None or not ends:
            return
        total = ends[-1]
        for node in reversed(ends[:-1]):
            with suppress(_Left):
                total = self._add(op, [total, node], {})

    def _repeated(self, program: Program) -> Program:
        """The program, followed by many turns of one small step."""
        op = next((op for op in ("mul", "add") if op in self.ops), None)
        if op is None:
            return program
        name, output = "loop", program.output
        number = 0.999 if op == "mul" else 0.01
        labels = [f"{name} #{turn}" for turn in range(1, self.turns)] + [name]
        before = [output, *labels[:-1]]
        more = tuple(
            Step(label, op, (operand, number))
            for label, operand in zip(labels, before, strict=True)
        )
        shape = program.shapes[output]
        sign = OPERATIONS[op].symbol
        loop = Stage(name, f"{name} {sign} {number}", output, self.turns)
        return replace(
            program,
            stages=(*stages(program), loop),
            steps=program.steps + more,
            shapes={**program.shapes, **dict.fromkeys(labels, shape)},
        )


def kept(nodes: Sequence[Node], output: Node, dead: bool = False) -> list[Node] | None:
    """The nodes that ``output`` is made from, and with ``dead`` all other steps; ``output`` last.
    None where it depends on no input."""
    used = {id(output)}
    varies: set[int] = set()
    for node in reversed(nodes):
        if id(node) in used or (dead and node.kind == "step"):
            used.add(id(node))
            used.update(id(parent) for parent in node.parents)
    for node in nodes:
        if node.kind == "input" or any(id(parent) in varies for parent in node.parents):
            varies.add(id(node))
    if id(output) not in varies:
        return None
    return [*(node for node in nodes if id(node) in used and node is not output), output]


def named(nodes: Sequence[Node], dtype: str = "float64", order: int = 1) -> Program:
    """The program that nodes make, each after those it is made from, with names for everything.

    Its output is the last node, its upstream gradient the usual one.
    """
    names: dict[int, str] = {}
    fresh = {kind: _names(kind) for kind in NAMES}
    inputs: dict[str, Value] = {}
    constants: dict[str, Array] = {}
    steps: list[Step] = []
    occurrences: dict[str, int] = {}
    for node in nodes:
        if node.kind == "step":
            operands = tuple(
                names[id(item)] if isinstance(item, Node) else item for item in node.operands
            )
            parameters = {
                key: tuple(names[id(i)] if isinstance(i, Node) else i for i in value)
                if key == "index"
                else value
                for key, value in node.parameters.items()
            }
            step = Step("f" if node is nodes[-1] else "", node.op, operands, parameters)
            if node.op in COMPARISONS:
                text = spelled(step, {}).text
                occurrences[text] = occurrences.get(text, 0) + 1
                name = text if occurrences[text] == 1 else f"{text} #{occurrences[text]}"
            else:
                name = step.name or next(fresh["step"])
            steps.append(replace(step, name=name))
        else:
            name = next(fresh[node.kind])
            if node.kind == "input":
                inputs[name] = _typed(node.number, dtype)
            elif node.number.dtype.kind == "f":
                constants[name] = np.asarray(node.number)
            else:
                constants[name] = node.number
        names[id(node)] = name
    shapes = {names[id(node)]: node.shape for node in nodes if node.kind == "input"}
    shapes |= {names[id(node)]: node.shape for node in nodes if node.kind == "constant"}
    shapes |= {names[id(node)]: node.shape for node in nodes if node.kind == "step"}
    return Program(
        inputs=inputs,
        constants=constants,
        steps=tuple(steps),
        shapes=shapes,
        seed=_typed(np.asarray(default_seed(nodes[-1].shape)), dtype),
        dtype=dtype,
        order=order,
    )


def _nested(program: Program) -> Program:
    """The same program with every step that is used once written into the step that uses it."""
    single = {
        step.name
        for step in program.steps
        if len(program.uses.get(step.name, ())) == 1 and step.name != program.output
    }
    texts: dict[str, Written] = {}
    flattener = Flattener(
        {
            name: shape
            for name, shape in program.shapes.items()
            if name in program.inputs or name in program.constants
        },
        program.constants,
    )
    for step in program.steps:
        text = spelled(step, texts)
        if step.name in single or step.operation.compares:
            texts[step.name] = text
            continue
        if not flattener.stage(step.name, ast.parse(text.text, mode="eval").body, _refused):
            return program
    return replace(program, steps=tuple(flattener.steps), shapes=dict(flattener.shapes))


def _refused(part: ast.AST, message: str) -> None:
    """Nested too deep, or too long: the program stays as it is."""


def _typed(number: Array, dtype: str) -> Value:
    return float(number) if not number.shape else number.astype(dtype)


def _names(kind: str) -> Iterator[str]:
    yield from NAMES[kind]
    first = NAMES[kind][0]
    yield from (f"{first}{number}" for number in count(1))


def _shape(op: str, operands: Sequence[Node | int | float], parameters: Mapping[str, Any]) -> Shape:
    shapes = [item.shape if isinstance(item, Node) else () for item in operands]
    if op in COMPARISONS:
        return infer("broadcast", shapes, {})
    operation = OPERATIONS[op]
    defaults = {key: value.default for key, value in operation.parameters.items()}
    given = dict(parameters)
    if op == "index":
        shapes = shapes[:1]
        given["index"] = tuple(
            item.number if isinstance(item, Node) else item for item in given["index"]
        )
    try:
        shape = infer(operation.shape, shapes, {**defaults, **given})
    except ShapeError:
        raise _Left from None
    if math.prod(shape) > MOST or not math.prod(shape):
        raise _Left
    return shape


def _fits_alone(rule: str, shape: Shape) -> bool:
    """Whether an operand of this shape may be the first one of an operation."""
    rank = len(shape)
    if rule in ("conv2d", "pool2d"):
        return rank == 4 and min(shape[2:]) >= 2
    if rule == "outer":
        return rank == 1
    if rule == "cross_entropy":
        return rank in (1, 2)
    if rule == "squeeze":
        return 1 in shape
    if rule == "spread":
        return math.prod(shape) > 1
    if rule in ("along", "cumsum", "cumprod", "matmul", "index", "concat", "flip", "pad"):
        return rank >= 1
    if rule in ("transpose", "layer_norm"):
        return rank >= 1
    return True


def _partners(rule: str, first: Shape) -> list[Shape]:
    """Shapes that go with a first operand's, where that is not its own."""
    if rule == "matmul":
        inner = first[-1]
        return [(inner, 2), (inner,), (*first[:-2], inner, 2) if len(first) > 2 else (inner, 1)]
    if rule == "conv2d":
        return [(1, first[1], 2, 2), (2, first[1], 2, 2), (2, first[1], 1, 2)]
    if rule == "layer_norm":
        return [first[-1:]]
    if rule == "outer":
        return [(2,), (3,)]
    return []


def _count(shape: Shape, axis: Any) -> int:
    """How many elements are reduced to one."""
    if axis is None:
        return math.prod(shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    return math.prod(shape[item] for item in axes)


def _reshapes(shape: Shape) -> list[Shape]:
    size = math.prod(shape)
    found: list[Shape] = [(-1,), (size,), (1, size), (size, 1), tuple(reversed(shape)) or (1,)]
    if size % 2 == 0:
        found += [(2, -1), (-1, 2)]
    return found


def _stretched(shape: Shape) -> Shape:
    return tuple(3 if size == 1 else size for size in shape) if 1 in shape else (2, 1, *shape)


def _permutation(rank: int, first: int, second: int) -> tuple[int, ...]:
    left, found = list(range(rank)), []
    for number in (first, second, 0, 0, 0, 0)[:rank]:
        found.append(left.pop(number % len(left)))
    return tuple(found) if second % 2 == 0 else tuple(item - rank for item in found)
