"""The numbers of a document: plain ones, nested lists, generators."""

from __future__ import annotations

import keyword
import math
import random
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from harness import languages
from harness.language.expression import NUMBERS
from harness.language.nodes import Document, Mapping, Node, Scalar, Sequence
from harness.language.reading import Reader, items, misread, size
from harness.language.syntax import every, is_name, normal, shorten
from harness.language.words import said
from harness.vocabulary.program import DTYPES, Array
from harness.vocabulary.shapes import Shape

MAX_ELEMENTS = 100_000
"""The most of an input, a constant or a seed."""
MAX_TOTAL = 1_000_000
"""The most of all of them together."""
MAX_RANK = 16


class LeafReader(Reader):
    """Reads names and numbers; these have to fit into ``dtype``."""

    def __init__(self, source: Document) -> None:
        super().__init__(source)
        self.dtype: str = DTYPES[0]
        self._generated = 0
        """How many numbers all generators have made; what is written out is bounded as text is."""

    def name(self, key: Node, what: str) -> str:
        """A key as the name of a leaf or a step."""
        if not isinstance(key, Scalar):
            self.fail(key, said("name-of", what=what))
        name = normal(key.text)
        if not is_name(name):
            told = said("is-no-name")
            self.fail(key, f"{shorten(name)!r} {told}")
        if keyword.iskeyword(name) or name in NUMBERS:
            self.fail(key, said("word-of-language", name=name, what=what))
        if len(name) > 60:
            self.fail(key, said("name-too-long", name=name[:20] + "…"))
        return name

    def leaves(self, node: Node, what: str) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            self.fail(node, said("leaves-mapping", what=what))
        leaves = {}
        for key, child in node.entries:
            name = self.attempt(partial(self.name, what=languages.name("what", what[:-1])), key)
            read = partial(self.leaf, name=key.text, booleans=what == "constants")
            leaves[name] = self.attempt(read, child)
        return {name: leaf for name, leaf in leaves.items() if name and leaf is not None}

    def leaf(self, node: Node, name: str, booleans: bool = False) -> Any:
        """A number as float (constants keep int and bool), or an array."""
        if isinstance(node, Mapping):
            array = self._generator(node)
            return array if array.ndim or booleans else float(array)
        shape, elements = every(
            (
                partial(self._shape, node, name),
                lambda: every(partial(self._element, item, booleans) for item in scalars(node)),
            )
        )
        if len(elements) > MAX_ELEMENTS:
            more = said("more-elements", max_elements=MAX_ELEMENTS)
            self.fail(node, said("has-more", name=name, more=more))
        kinds = {type(element) for element in elements}
        if bool in kinds and kinds != {bool}:
            self.fail(node, said("mixes-booleans", name=name))
        if not booleans:
            return np.array(elements, dtype=float).reshape(shape) if shape else float(elements[0])
        whole = kinds == {int} and all(abs(element) < 2**63 for element in elements)
        kind = int if whole else bool if kinds == {bool} else float
        return np.array(elements, dtype=kind).reshape(shape)

    def _element(self, scalar: Scalar, booleans: bool) -> Any:
        value = scalar.value
        if not isinstance(value, int | float) or (isinstance(value, bool) and not booleans):
            what = repr(shorten(scalar.text)) if scalar.text else said("empty-value")
            self.fail(scalar, said("no-number", what=what, misread=misread(scalar)))
        if not self._fits(value):
            self.fail(scalar, said("too-large-for", given=shorten(scalar.text), dtype=self.dtype))
        return value

    def _fits(self, value: float) -> bool:
        """Whether a number is finite in the case's dtype, unless it is not meant to be."""
        infinite_or_nan = value - value != 0
        return infinite_or_nan or abs(value) <= float(np.finfo(self.dtype).max)

    def _shape(self, node: Node, name: str, depth: int = 0) -> Shape:
        """The shape of nested lists."""
        if isinstance(node, Scalar):
            return ()
        if isinstance(node, Mapping):
            self.fail(node, said("nested-lists"))
        if depth == MAX_RANK:
            self.fail(node, said("most-axes", max_rank=MAX_RANK))
        shapes = every(partial(self._shape, item, name, depth + 1) for item in node.items)
        for item, shape in zip(node.items, shapes, strict=True):
            if shape != shapes[0]:
                parts = said("part-has-shape", shape=shape, shapes=shapes[0])
                self.fail(item, said("is-ragged", name=name, parts=parts))
        return len(shapes), *(shapes[0] if shapes else ())

    def _generator(self, node: Mapping) -> Array:
        readers = {"uniform": self._bounds, "shape": self._sizes, "seed": self._seed}
        example = "{uniform: [low, high], shape: [3], seed: 7}"
        (low, high), sizes, seed = self.parts(node, readers, said("a-generator"), example)
        stream = random.Random(seed)
        numbers = [low + (high - low) * stream.random() for _ in range(math.prod(sizes))]
        return np.array(numbers, dtype=np.float64).reshape(sizes)

    def _bounds(self, node: Node) -> list[float]:
        bounds = every(partial(self.number, item, said("a-bound")) for item in items(node))
        if len(bounds) != 2:
            self.fail(node, said("uniform-two"))
        low, high = bounds
        fit = self._fits(low) and self._fits(high) and math.isfinite(high - low)
        if not (low < high and fit):
            self.fail(node, said("uniform-finite"))
        return bounds

    def _sizes(self, node: Node) -> list[int]:
        sizes = [size(item) for item in items(node)]
        if not isinstance(node, Sequence) or None in sizes:
            self.fail(node, said("shape-sizes"))
        if len(sizes) > MAX_RANK or math.prod(filter(None, sizes)) > MAX_ELEMENTS:
            most = said("most-elements", max_elements=MAX_ELEMENTS, max_rank=MAX_RANK)
            self.fail(node, said("are-generated", most=most))
        self._generated += math.prod(item or 0 for item in sizes)
        if self._generated > MAX_TOTAL:
            self.fail(node, said("generated-in-all", max_total=MAX_TOTAL))
        return [item or 0 for item in sizes]

    def _seed(self, node: Node) -> int:
        seed = size(node)
        if seed is None:
            self.fail(node, said("generator-seed"))
        return seed


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
