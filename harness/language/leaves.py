"""The numbers of a document: plain ones, nested lists, generators."""

from __future__ import annotations

import keyword
import math
import random
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from harness.language.document import Document, Mapping, Node, Scalar, Sequence
from harness.language.expression import NUMBERS
from harness.language.reading import Reader, items, misread, size
from harness.language.syntax import NAME, shorten
from harness.vocabulary.program import Array
from harness.vocabulary.shapes import Shape

MAX_ELEMENTS = 100_000
"""The most of an input, a constant or a seed."""
MAX_TOTAL = 1_000_000
"""The most of all of them together."""
MAX_RANK = 16
DTYPES: Final = ("float64", "float32")


class LeafReader(Reader):
    """Reads names and numbers; these have to fit into ``dtype``."""

    def __init__(self, source: Document) -> None:
        super().__init__(source)
        self.dtype: str = DTYPES[0]
        self._generated = 0
        """How many numbers all generators have made; what is written out is bounded as text is."""

    def is_name(self, key: Scalar, what: str) -> bool:
        name = key.text
        if not NAME.fullmatch(name):
            told = f"{shorten(name)!r} is not a name: a letter, then letters, digits and _"
        elif keyword.iskeyword(name) or name in NUMBERS:
            told = f"{name!r} is a word of the language; give the {what} another name"
        elif len(name) > 60:
            told = f"the name {name[:20] + '…'!r} is longer than 60 characters"
        else:
            return True
        self.complain(key, told)
        return False

    def leaves(self, node: Node, what: str) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            self.complain(node, f"{what} is a mapping of names to numbers: {what}: {{x: 3}}")
            return {}
        leaves: dict[str, Any] = {}
        for key, child in node.entries:
            named = self.is_name(key, what[:-1])
            value = self.leaf(child, key.text, booleans=what == "constants")
            if named and value is not None:
                leaves[key.text] = value
        return leaves

    def leaf(self, node: Node, name: str, booleans: bool = False) -> Any:
        """A number as float (constants keep int and bool), an array, or None after complaints."""
        if isinstance(node, Mapping):
            array = self._generator(node)
            return array if array is None or array.ndim or booleans else float(array)
        before = len(self.problems)
        shape = self._shape(node, name)
        elements = [self._element(scalar, booleans) for scalar in scalars(node)]
        if shape is None or len(self.problems) > before:
            return None
        if len(elements) > MAX_ELEMENTS:
            more = f"more than {MAX_ELEMENTS:,} elements; use a generator"
            self.complain(node, f"{name!r} has {more}")
            return None
        kinds = {type(element) for element in elements}
        if bool in kinds and kinds != {bool}:
            self.complain(node, f"{name!r} mixes numbers with true and false")
            return None
        if not booleans:
            return np.array(elements, dtype=float).reshape(shape) if shape else float(elements[0])
        kind = kinds.pop() if len(kinds) == 1 else float
        if kind is int and any(abs(element) >= 2**63 for element in elements):
            kind = float
        return np.array(elements, dtype=kind).reshape(shape)

    def _element(self, scalar: Scalar, booleans: bool) -> Any:
        value = scalar.value
        if not isinstance(value, int | float) or (isinstance(value, bool) and not booleans):
            what = repr(shorten(scalar.text)) if scalar.text else "an empty value"
            self.complain(scalar, f"{what} is not a number{misread(scalar)}")
        elif not self._fits(value):
            self.complain(scalar, f"{shorten(scalar.text)} is too large for {self.dtype}")
        return value

    def _fits(self, value: float) -> bool:
        """Whether a number is finite in the case's dtype, unless it is not meant to be."""
        try:
            return abs(float(value)) <= float(np.finfo(self.dtype).max) or not math.isfinite(value)
        except OverflowError:
            return False

    def _shape(self, node: Node, name: str, depth: int = 0) -> Shape | None:
        """The shape of nested lists, None after a complaint."""
        if isinstance(node, Scalar):
            return ()
        if isinstance(node, Mapping):
            self.complain(node, "an array is nested lists of numbers")
            return None
        if depth == MAX_RANK:
            self.complain(node, f"an array has at most {MAX_RANK} axes")
            return None
        shapes = [self._shape(item, name, depth + 1) for item in node.items]
        first = shapes[0] if shapes else ()
        if first is None or None in shapes:
            return None
        for item, shape in zip(node.items, shapes, strict=True):
            if shape != first:
                parts = f"this part has shape {shape}, the first has {first}"
                self.complain(item, f"{name!r} is ragged: {parts}")
                return None
        return len(shapes), *first

    def _generator(self, node: Mapping) -> Array | None:
        before = len(self.problems)
        example = "{uniform: [low, high], shape: [3], seed: 7}"
        keys = self.all_keys(node, ("uniform", "shape", "seed"), "a generator", example)
        if keys is None:
            return None
        bounds, sizes = self._bounds(keys["uniform"]), self._sizes(keys["shape"])
        seed = size(keys["seed"])
        if seed is None:
            told = "the seed of a generator must be an integer, 0 or more"
            self.complain(keys["seed"], told)
        count = math.prod(sizes)
        self._generated += count
        if self._generated > MAX_TOTAL:
            told = f"at most {MAX_TOTAL:,} elements are generated in a case"
            self.complain(keys["shape"], told)
        if len(self.problems) > before:
            return None
        (low, high), stream = bounds, random.Random(seed)
        numbers = [low + (high - low) * stream.random() for _ in range(count)]
        return np.array(numbers, dtype=np.float64).reshape(sizes)

    def _bounds(self, node: Node) -> list[float]:
        limits = [self.number(item, "a bound") for item in items(node)]
        bounds = [limit for limit in limits if limit is not None]
        if len(limits) != 2:
            self.complain(node, "uniform needs two numbers: [low, high]")
        elif len(bounds) == 2:
            low, high = bounds
            fit = self._fits(low) and self._fits(high) and math.isfinite(high - low)
            if not (low < high and fit):
                self.complain(node, "uniform needs finite bounds with low < high")
        return bounds

    def _sizes(self, node: Node) -> list[int]:
        """The sizes of the axes, none after a complaint."""
        found = [size(item) for item in items(node)]
        sizes = [item for item in found if item is not None]
        if not isinstance(node, Sequence) or len(sizes) < len(found):
            self.complain(node, "shape must be a list of sizes: [3, 4]")
        elif len(sizes) > MAX_RANK or math.prod(filter(None, sizes)) > MAX_ELEMENTS:
            most = f"at most {MAX_ELEMENTS:,} elements and {MAX_RANK} axes"
            self.complain(node, f"{most} are generated")
        else:
            return sizes
        return []


def scalars(node: Node) -> Iterable[Scalar]:
    """The scalars below a node, in order."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)


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
