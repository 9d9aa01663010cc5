"""What an operation is: its name, its operands, its parameters, and what follows from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

REQUIRED: Final = object()
"""Stands for the default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A literal keyword parameter: what it may be (see ``KINDS``), and its default."""

    kind: str
    default: Any = REQUIRED


KINDS: Final = {
    "axis": "an integer",
    "axis or all": "None or an integer",
    "axes": "None, an integer or a tuple of integers",
    "some axes": "an integer or a tuple of integers",
    "order": "a tuple of integers",
    "shape": "a tuple of integers, none of them negative",
    "flag": "True or False",
    "number": "a finite number",
    "bound": "None or a number",
    "count": "an integer, 0 or more",
    "size": "an integer, 1 or more",
    "size or none": "None or an integer, 1 or more",
    "correction": "0 or 1",
    "widths": "a tuple of pairs of widths, the last axis's first: (left, right, top, bottom)",
    "equation": "text such as 'ij,jk->ik'",
    "reduction": "'mean', 'sum' or 'none'",
    "label": "an integer",
    "positive": "a number above 0",
    "norm": "inf, -inf or a number other than 0",
    "approximation": "'none' or 'tanh'",
    "share": "a number from 0 on, and less than 1",
    "index": "integers, slices, None, ..., lists, or constants",
    "sections": "an integer, 1 or more, or a tuple of integers, 0 or more",
    "piece": "an integer: which of the results",
}


OPERAND_KINDS: Final = {
    "value": "numbers that are differentiated",
    "constant": "numbers that are not",
    "condition": "a comparison or a constant of true and false",
    "mask": "a comparison or a constant of true and false, or of 1 and 0",
    "indices": "a constant of integers, each a place along an axis of the first operand",
    "labels": "a constant of integers, one for each row of the first operand",
    "rows": "a constant of integers, each a row of the last operand",
    "compared": "numbers whose comparison is true or false",
    "index": "what an index names",
}
"""What an operand may be."""

TOPICS: Final = {
    **dict.fromkeys(("broadcast", "same", "clamp", "masked"), "functions"),
    **dict.fromkeys(("reduce", "spread", "extremum", "norm", "cumsum", "cumprod"), "reductions"),
    **dict.fromkeys(("reshape", "transpose", "permute", "broadcast_to", "flip", "pad"), "shapes"),
    **dict.fromkeys(("unsqueeze", "squeeze", "concat", "stack", "index", "gather"), "shapes"),
    **dict.fromkeys(("take_along_axis", "split", "chunk", "unbind", "topk"), "shapes"),
    **dict.fromkeys(("matmul", "outer", "einsum"), "products"),
    **dict.fromkeys(("along", "loss", "cross_entropy", "soft_cross_entropy"), "losses"),
}
"""What operations of a shape rule are taught with; of any other, networks."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry. ``operands`` maps a name to its kind, one of :data:`OPERAND_KINDS`. Those that are
    ``optional`` are the last ones, and 0 where they are left out; those that are ``named`` are
    written with their names.

    ``gate`` is the symbol on its gate, ``shape`` names the rule in ``shapes.py``. A ``variadic``
    operation takes one or more operands, all of its first one's kind. ``symbol`` is what stands
    between the operands of an operator. What ``detaches`` passes no gradient on. An operation is
    ``called`` by another one's name where that name is for operands of several kinds. With
    ``places``, torch tells where its values come from beside them, as a second result, and many
    engines do as well. ``taught`` is its :attr:`topic` where that is another than :data:`TOPICS`
    says.
    """

    name: str
    gate: str
    shape: str
    operands: Mapping[str, str] = field(default_factory=lambda: {"x": "value"})
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    variadic: bool = False
    symbol: str = ""
    detaches: bool = False
    called: str = ""
    named: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    places: bool = False
    taught: str = ""

    @property
    def word(self) -> str:
        """The name that it is called by."""
        return self.called or self.name

    @property
    def topic(self) -> str:
        """What it is taught with: one of arithmetic, functions, reductions, shapes, products,
        losses and networks. ``taught`` says so where its shape rule does not."""
        usual = "arithmetic" if self.symbol and self.stretches else TOPICS.get(self.shape)
        return self.taught or usual or "networks"

    @property
    def compares(self) -> bool:
        """Whether it gives booleans, the condition of ``where`` alone: it has no gradient."""
        return "compared" in self.operands.values()

    @property
    def differentiable(self) -> bool:
        """Whether a gradient comes to its result, and goes on from there."""
        return not (self.compares or self.detaches)

    @property
    def reduces(self) -> bool:
        """Whether its derivatives see the result with the reduced axes kept."""
        return self.shape in ("reduce", "extremum", "spread", "norm")

    @property
    def stretches(self) -> bool:
        """Whether its operands are broadcast to the shape of its result."""
        return self.shape in ("broadcast", "broadcast_to")

    @property
    def counts(self) -> range:
        """How many operands it takes, where it is not variadic."""
        return range(len(self.operands) - len(self.optional), len(self.operands) + 1)

    @property
    def pieces(self) -> bool:
        """Whether it has several results, of which each is a step of its own."""
        return "piece" in self.parameters

    def operand(self, position: int) -> str:
        """The name of the operand at ``position``; beyond the last one there are the constants that
        the parameter ``index`` names."""
        names = list(self.operands)
        if self.variadic:
            return names[0]
        return names[position] if position < len(names) else "index"

    def kind(self, position: int) -> str:
        """The kind of the operand at ``position``: ``index`` of what an index names."""
        return self.operands.get(self.operand(position), "index")

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters in their order: those that are given, and the others' defaults."""
        return {name: given.get(name, one.default) for name, one in self.parameters.items()}
