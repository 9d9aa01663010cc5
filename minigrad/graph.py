"""The graph of a computation, and the way back through it: all there is to reverse mode.

A `Node` is a number or an array that remembers how it was made: by which operation, from which
operands. `flow` walks from an output back to the leaves. At each node it holds the *upstream*
gradient: how the output changes with that node. The vector-Jacobian products of the node's
operation turn it into a contribution to each operand, and contributions that meet at a node are
added up. That is all.

Three ideas keep it short:

- **Creation order is a topological order.** A node is made after its operands. So whoever always
  takes the newest pending node (from a heap) meets each node only after everything that uses it:
  no recursion, no visited set, no sort, and a chain of a million steps is no trouble.
- **Rules are written with the engine's own operations.** On arrays they compute numbers; on nodes
  they record, and gradients can be differentiated again.
- **Broadcasting is undone in one place**, `unbroadcast`, and not in every rule.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

import numpy as np

_created = count(step=-1)  # downwards, for a heap gives its least entry first: the newest node


@dataclass(slots=True, eq=False)
class Operation:
    """A function of numbers and arrays, and for each operand its vector-Jacobian product.

    `vjps[i](upstream, out, *operands)` gives the contribution to operand i, upstream gradient ×
    local derivative, in whatever shape broadcasting left it. What is no such operand (a condition,
    an axis, a shape) has None there, or stands after those that are.
    """

    forward: Callable[..., Any]
    vjps: tuple[Callable[..., Any] | None, ...]

    def record(self, operands: tuple[Any, ...]) -> Any:
        """The result: a node of the operands' class, or a plain value if none of them is a node."""
        for operand in operands:
            if isinstance(operand, Node):
                values = [x.data if isinstance(x, Node) else x for x in operands]
                data = evaluate(self.forward, values)
                if type(data) is np.float64 and type(operand.data) is float:
                    data = float(data)  # a Python float stays one
                out = object.__new__(type(operand))  # whose own __init__ is for leaves
                Node.__init__(out, data, self, operands, values)
                return out
        return self.forward(*operands)


LEAF = Operation(lambda data: data, ())
"""What makes a leaf: it has no operands, and nothing leads back from it."""


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """A float or an array, how it was made, and after a backward pass its gradient.

    `data` is a Python float or an array of floats. `grad` is None before `backward`; then it has
    the shape of `data`, and further passes add to it.
    """

    data: Any
    _operation: Operation = LEAF
    _operands: tuple[Any, ...] = ()
    _values: Sequence[Any] = ()
    _order: int = field(default_factory=_created.__next__, init=False)
    grad: Any = field(default=None, init=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `data`: () for a number."""
        return getattr(self.data, "shape", ())

    @property
    def ndim(self) -> int:
        """How many axes `data` has."""
        return len(self.shape)


def flow(output: Node, seed: Any, record: bool) -> Iterator[tuple[Node, Any]]:
    """Each node that the output depends on, the output itself first, and its gradient.

    `seed` is the output's. With `record` it must be a node, and all gradients are nodes, too.
    """
    pending = {output._order: (output, seed)}
    newest = [output._order]
    while newest:
        node, upstream = pending.pop(heappop(newest))
        yield node, upstream
        arguments = (
            (upstream, node, *node._operands) if record else (upstream, node.data, *node._values)
        )
        for operand, vjp in zip(node._operands, node._operation.vjps):
            if vjp and isinstance(operand, Node):
                contribution = product(vjp, arguments, operand.data)
                if operand._order in pending:
                    contribution = pending[operand._order][1] + contribution
                else:
                    heappush(newest, operand._order)
                pending[operand._order] = operand, contribution


def product(vjp: Callable[..., Any], arguments: Sequence[Any], data: Any) -> Any:
    """A contribution: of the shape and type of the operand's data, and in memory of its own."""
    gradient = evaluate(vjp, arguments)
    if type(gradient) is float and type(data) is float:
        return gradient
    shape = getattr(data, "shape", ())
    if getattr(gradient, "shape", ()) != shape:
        gradient = unbroadcast(gradient, shape)
    if type(data) is float and not isinstance(gradient, Node):
        return float(gradient)
    shared = gradient is arguments[0] or getattr(gradient, "base", None) is not None
    return gradient.copy() if shared and type(gradient) is np.ndarray else gradient


def evaluate(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """The function's value; where Python's floats raise, it is numpy's, which is inf or nan."""
    try:
        return function(*arguments)
    except (ArithmeticError, ValueError):
        with np.errstate(all="ignore"):
            return function(*[np.float64(x) if type(x) is float else x for x in arguments])


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The gradient of what had this shape: summed over the axes along which it was stretched.

    >>> unbroadcast(np.ones((4, 2, 3)), (2, 1))
    array([[12.],
           [12.]])
    """
    added = gradient.ndim - len(shape)
    stretched = [i for i, n in enumerate(gradient.shape) if i < added or n != shape[i - added]]
    summed = gradient.sum(tuple(stretched))
    return summed if summed.shape == shape else summed.reshape(shape)
