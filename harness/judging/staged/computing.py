"""What one node computes of its operands, worked out once more with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from harness.engines.staged.nodes import SAME, STORE, Array, Node

Parameters = Mapping[str, Any]


def _key(index: Sequence[Any]) -> Any:
    return tuple(np.asarray(item) if isinstance(item, list) else item for item in index)


def _reduced(function: Any) -> Callable[[Parameters, Sequence[Array]], Array]:
    def reduce(given: Parameters, values: Sequence[Array]) -> Array:
        kept = bool(given.get("keepdims", False))
        return np.asarray(function(values[0], axis=given.get("axis"), keepdims=kept))

    return reduce


_PLAIN: Final[Mapping[str, Callable[..., Any]]] = {
    SAME: np.array,
    **{"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power},
    **{"neg": np.negative, "abs": np.abs, "matmul": np.matmul, "outer": np.outer},
    **{"gt": np.greater, "ge": np.greater_equal, "lt": np.less, "le": np.less_equal},
    **{"eq": np.equal, "ne": np.not_equal, "where": np.where},
    **{
        name: getattr(np, name)
        for name in (
            *("exp", "expm1", "log", "log1p", "sqrt", "square", "reciprocal", "sin", "cos", "tan"),
            *("sinh", "cosh", "tanh", "maximum", "minimum"),
        )
    },
}

_WITH: Final[Mapping[str, Callable[[Parameters, Sequence[Array]], Any]]] = {
    **{name: _reduced(getattr(np, name)) for name in ("sum", "mean", "max", "min", "prod")},
    "index": lambda given, values: values[0][_key(given["index"])],
    "reshape": lambda given, values: values[0].reshape(given["shape"]),
    "transpose": lambda given, values: np.swapaxes(values[0], given["axis0"], given["axis1"]),
    "permute": lambda given, values: np.transpose(values[0], given["axes"]),
    "unsqueeze": lambda given, values: np.expand_dims(values[0], given["axis"]),
    "broadcast_to": lambda given, values: np.broadcast_to(values[0], given["shape"]),
    "einsum": lambda given, values: np.einsum(given["equation"], *values),
    "concat": lambda given, values: np.concatenate(values, given.get("axis", 0)),
    "stack": lambda given, values: np.stack(values, given.get("axis", 0)),
}


def computed(
    node: Node, values: Sequence[Array], op: str = "", given: Parameters | None = None
) -> Array | None:
    """The value of a node with other operands, or by another operation or other parameters; None
    where that cannot be worked out."""
    op, given = op or node.op, node.parameters if given is None else given
    with suppress(ValueError, IndexError, TypeError, np.exceptions.AxisError):
        if op == STORE:
            return _stored(node, values)
        if op in _PLAIN:
            return np.asarray(_PLAIN[op](*values))
        if op in _WITH:
            return np.asarray(_WITH[op](given, values))
    return None


def _stored(node: Node, values: Sequence[Array]) -> Array:
    places = np.asarray(node.parameters["places"])
    found = np.array(values[0], float)
    found.flat[places.ravel()] = np.broadcast_to(values[1], places.shape).ravel()
    return found


def again(node: Node, known: dict[Node, Array]) -> Array | None:
    """What a node would be if others had been what is ``known`` of them; None where that cannot be
    worked out. What is worked out is entered there."""
    if node in known:
        return known[node]
    first = min(other.number for other in known)
    operands = [item for item in node.operands if isinstance(item, Node)]
    if node.number < first or not operands:
        return node.value
    values: list[Array] = []
    for item in node.operands:
        value = again(item, known) if isinstance(item, Node) else np.asarray(item)
        if value is None:
            return None
        values.append(value)
    pairs = zip(node.operands, values, strict=True)
    same = all(not isinstance(item, Node) or value is item.value for item, value in pairs)
    found = node.value if same else computed(node, values)
    if found is not None:
        known[node] = found
    return found
