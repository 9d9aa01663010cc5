"""Numbers in a document: plain ones, nested lists, generators; anything else is complained about.

A :class:`Reader` knows a document and gathers what is wrong with it; ``case.py`` builds on it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from harness.language import document
from harness.language.document import Document, Node, Problem, Scalar, Sequence
from harness.language.syntax import shorten, suggest
from harness.vocabulary.program import Array

MAX_ELEMENTS = 100_000
"""The most of an input, a constant or a seed."""
MAX_TOTAL = 1_000_000
"""The most of all of them together."""
MAX_RANK = 16
DTYPES: Final = ("float64", "float32")


class Reader:
    """Reads numbers, texts and mappings; complaints gather in ``problems`` and reading goes on."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.dtype: str = DTYPES[0]
        self.generated = 0
        """How many numbers all generators have made; what is written out is bounded as text is."""

    def complain(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.line, node.column, message))

    def _keys(self, node: document.Mapping, known: Mapping[str, str], what: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in node.entries:
            if key.text not in known:
                hint = suggest(key.text, known)
                self.complain(
                    key,
                    f"{what} has no key {shorten(key.text)!r}{hint} (it has {', '.join(known)})",
                )
            else:
                found[key.text] = value
        return found

    def _text(self, node: Node | None, key: str) -> str:
        if node is None:
            return ""
        text = node.text.strip() if isinstance(node, Scalar) and node.value is not None else ""
        if not text:
            self.complain(node, f"{key} must be text")
        return " ".join(text.split())

    def _number(self, node: Node, what: str) -> float | None:
        """A single number; a complaint and None for anything else."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                self.complain(node, "this number is too large for float64")
                return None
        self.complain(node, f"{what} must be a number{misread(node)}")
        return None

    def _leaf(self, node: Node, name: str, booleans: bool = False) -> Any:
        """A number as float (constants keep int and bool), an array, or None after complaints."""
        if isinstance(node, document.Mapping):
            generated = self._generated(node)
            if generated is None or generated.ndim or booleans:
                return generated
            return float(generated)
        before = len(self.problems)
        elements: list[Any] = []
        shape = self._elements(node, name, booleans, elements, 0)
        if shape is None or len(self.problems) > before:
            return None
        if len(elements) > MAX_ELEMENTS:
            self.complain(
                node, f"{name!r} has more than {MAX_ELEMENTS:,} elements; use a generator"
            )
            return None
        kinds = {type(element) for element in elements}
        if bool in kinds and kinds != {bool}:
            self.complain(node, f"{name!r} mixes numbers with true and false")
            return None
        kind = kinds.pop() if len(kinds) == 1 else float
        if kind is int and any(abs(element) >= 2**63 for element in elements):
            kind = float
        if not shape:
            return float(elements[0]) if not booleans else np.array(elements[0], dtype=kind)
        return np.array(elements, dtype=kind if booleans else float).reshape(shape)

    def _fits(self, value: float) -> bool:
        """Whether a number is finite in the case's dtype, unless it is not meant to be."""
        try:
            return abs(float(value)) <= float(np.finfo(self.dtype).max) or not math.isfinite(value)
        except OverflowError:
            return False

    def _elements(
        self, node: Node, name: str, booleans: bool, into: list[Any], depth: int
    ) -> tuple[int, ...] | None:
        """Append the numbers below ``node``; their shape, or None after a complaint."""
        if isinstance(node, Scalar):
            value = node.value
            allowed = (int, float, bool) if booleans else (int, float)
            if not isinstance(value, allowed) or (isinstance(value, bool) and not booleans):
                what = repr(shorten(node.text)) if node.text else "an empty value"
                self.complain(node, f"{what} is not a number{misread(node)}")
                return None
            if not self._fits(value):
                self.complain(node, f"{shorten(node.text)} is too large for {self.dtype}")
                return None
            into.append(value)
            return ()
        if not isinstance(node, Sequence):
            self.complain(node, "an array is nested lists of numbers")
            return None
        if depth >= MAX_RANK:
            self.complain(node, f"an array has at most {MAX_RANK} axes")
            return None
        shapes = [self._elements(item, name, booleans, into, depth + 1) for item in node.items]
        if None in shapes:
            return None
        for item, shape in zip(node.items, shapes, strict=True):
            if shape != shapes[0]:
                self.complain(
                    item,
                    f"{name!r} is ragged: this part has shape {shape}, the first has {shapes[0]}",
                )
                return None
        return (len(shapes), *(shapes[0] or ())) if shapes else (0,)

    def _generated(self, node: document.Mapping) -> Array | None:
        known = {"uniform": "", "shape": "", "seed": ""}
        before = len(self.problems)
        keys = self._keys(node, known, "a generator")
        for missing in known:
            if missing not in keys:
                self.complain(
                    node,
                    f"a generator needs {missing}: {{uniform: [low, high], shape: [3], seed: 7}}",
                )
        if len(self.problems) > before:
            return None
        bounds, shape, seed = keys["uniform"], keys["shape"], keys["seed"]
        limits = [self._number(item, "a bound") for item in items(bounds)]
        if len(limits) != 2 and len(self.problems) == before:
            self.complain(bounds, "uniform needs two numbers: [low, high]")
        sizes = [item.value if isinstance(item, Scalar) else None for item in items(shape)]
        if not isinstance(shape, Sequence) or not all(is_size(size) for size in sizes):
            self.complain(shape, "shape must be a list of sizes: [3, 4]")
        elif (
            len(sizes) > MAX_RANK
            or math.prod(n for n in sizes if isinstance(n, int) and n) > MAX_ELEMENTS
        ):
            self.complain(
                shape, f"at most {MAX_ELEMENTS:,} elements and {MAX_RANK} axes are generated"
            )
        if not isinstance(seed, Scalar) or not is_size(seed.value):
            self.complain(seed, "the seed of a generator must be an integer, 0 or more")
        if len(self.problems) > before:
            return None
        low, high = (float(limit) for limit in limits if limit is not None)
        if not (low < high and math.isfinite(high - low) and self._fits(low) and self._fits(high)):
            self.complain(bounds, "uniform needs finite bounds with low < high")
            return None
        stream = random.Random(seed.value)  # type: ignore[union-attr]
        count = math.prod(sizes)  # type: ignore[arg-type]
        self.generated += count
        if self.generated > MAX_TOTAL:
            self.complain(shape, f"at most {MAX_TOTAL:,} elements are generated in a case")
            return None
        numbers = [low + (high - low) * stream.random() for _ in range(count)]
        return np.array(numbers, dtype=np.float64).reshape(sizes)


def items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


def scalars(node: Node) -> Iterable[Scalar]:
    """The scalars below a node, in order."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)


def is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def misread(node: Node) -> str:
    """Why something that looks like a number is none."""
    if isinstance(node, Scalar) and node.quoted:
        try:
            float(node.text)
        except ValueError:
            return ""
        return "; remove the quotes"
    return ""


def margin(written: Scalar) -> float:
    """Half a unit of the last written digit; for an integer a relative 1e-9.

    ``1.5456`` allows 0.00005 either way, ``-12`` is meant exactly. Neither more than 5e-4 nor
    less than 1e-12 of the number, which is what float64 leaves after a few steps.
    """
    number = float(written.value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return 0.0
    mantissa, _, exponent = written.text.lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    if not point:
        return 1e-9 * abs(number)
    places = len(decimals.replace("_", "")) - int(exponent or 0)
    half_unit: float = 0.5 * 10.0 ** -min(max(places, -300), 400)
    return max(min(half_unit, 5e-4 * abs(number)) if number else half_unit, 1e-12 * abs(number))
