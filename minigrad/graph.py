"""The graph of a computation, and the way back through it: all there is to reverse mode.

A `Node` is a number or an array that remembers how it was made: by which operation, from which
operands. `flow` walks from an output back to the leaves. At each node it holds the *upstream*
gradient: how the output changes with that node. The operation's rules turn it into a contribution
to each operand, and contributions that meet at a node are added up. That is all.

Three ideas keep it short:

- **Creation order is a topological order.** A node is made after its operands. So whoever always
  takes the newest pending node (from a heap) meets each node only after everything that uses it:
  no recursion, no visited set, no sort, and a chain of a million steps is no trouble.
- **Rules are written with the engine's own operations.** On arrays they compute numbers; on nodes
  they record, and gradients can be differentiated again.
- **Broadcasting is undone in one place**, `unbroadcast`, and not in every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar

import numpy as np

Array = Any
"""A Python float, a numpy scalar or a numpy array: what a node holds."""

_created = count()


class Node:
    """A float or an array, how it was made, and after a backward pass its gradient.

    `data` is a Python float or an array of floats. `grad` is None before `backward`; then it has
    the shape of `data`, and further passes add to it.
    """

    __slots__ = ("_operands", "_operation", "_order", "_values", "data", "grad")

    data: Array
    grad: Array | None
    _order: int
    _operation: Operation | None
    _operands: tuple[Any, ...]
    _values: list[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `data`: () for a number."""
        return getattr(self.data, "shape", ())

    @property
    def ndim(self) -> int:
        """How many axes `data` has."""
        return len(self.shape)

    def backward(self, seed: Any = None) -> None:
        """Add to the `grad` of each node that this one was made of this one's gradient by it.

        `seed`, of this node's shape, is the upstream gradient to begin with; a number needs none
        (1.0). Raises ValueError for a seed of another shape, or where one is needed.
        """
        for node, upstream in flow(self, _start(self, seed), record=False):
            node.grad = upstream if node.grad is None else node.grad + upstream


@dataclass(slots=True)
class Operation:
    """A numpy function and, for each operand, its vector-Jacobian product.

    `forward(*values)` gives the value. `vjps[i](upstream, out, *operands)` gives the contribution
    to operand i, upstream gradient × local derivative, in whatever shape broadcasting left it. What
    follows the differentiable operands are parameters: an axis, a shape, an index.
    """

    name: str
    forward: Callable[..., Array]
    vjps: tuple[Callable[..., Any], ...]

    def __call__(self, *operands: Any) -> Any:
        """The result: a node of the same class if an operand is one, else a plain value."""
        for x in operands:
            if isinstance(x, Node):
                break
        else:
            return self.forward(*operands)
        out = object.__new__(x.__class__)
        out._values = values = [x.data if isinstance(x, Node) else x for x in operands]
        try:
            out.data = self.forward(*values)
        except (ArithmeticError, ValueError):
            out.data = _as_numpy_has_it(self.forward, values)
        if type(out.data) is np.float64 and not any(map(_is_numpys, values)):
            out.data = float(out.data)
        out.grad = None
        out._order = next(_created)
        out._operation = self
        out._operands = operands
        return out


def _is_numpys(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic)


def _as_numpy_has_it(function: Any, values: Sequence[Any]) -> Any:
    """The value by numpy's rules, which give inf or nan where Python's floats raise."""
    if not any(type(x) is float for x in values):
        return function(*values)
    with np.errstate(all="ignore"):
        value = function(*[np.float64(x) if type(x) is float else x for x in values])
    return float(value) if np.ndim(value) == 0 else value


def flow(output: Node, seed: Any, record: bool) -> Iterator[tuple[Node, Any]]:
    """Each node that the output depends on, with its gradient; the output first.

    With `record`, gradients are nodes themselves.
    """
    pending = {output._order: (output, seed)}
    newest = [-output._order]
    while newest:
        node, upstream = pending.pop(-heappop(newest))
        yield node, upstream
        if node._operation is None:
            continue
        if record:
            arguments = (upstream, node, *node._operands)
        else:
            arguments = (upstream, node.data, *node._values)
        for operand, vjp in zip(node._operands, node._operation.vjps, strict=False):
            if not isinstance(operand, Node):
                continue
            try:
                contribution = vjp(*arguments)
            except (ArithmeticError, ValueError):
                contribution = _as_numpy_has_it(vjp, arguments)
            data = operand.data
            if type(contribution) is not float or type(data) is not float:
                if type(contribution) is not type(data) or contribution.shape != data.shape:
                    contribution = unbroadcast(contribution, data)
                if type(contribution) is np.ndarray and (
                    contribution is upstream or contribution.base is not None
                ):
                    contribution = contribution.copy()  # no two gradients share memory
            order = operand._order
            if order in pending:
                pending[order] = (operand, pending[order][1] + contribution)
            else:
                pending[order] = (operand, contribution)
                heappush(newest, -order)


def unbroadcast(gradient: Any, data: Array) -> Any:
    """The gradient in the shape of `data`: summed over the axes that broadcasting stretched."""
    shape, own = getattr(gradient, "shape", ()), getattr(data, "shape", ())
    if shape != own:
        added = len(shape) - len(own)
        axes = tuple(range(added))
        if shape[added:] != own:
            axes += tuple(added + i for i, n in enumerate(own) if n == 1 != shape[added + i])
        gradient = gradient.sum(axes)
        if gradient.shape != own:
            gradient = gradient.reshape(own)
    return float(gradient) if type(data) is float and not isinstance(gradient, Node) else gradient


AnyNode = TypeVar("AnyNode", bound=Node)


def grad(
    output: AnyNode, inputs: Sequence[AnyNode], seed: Any = None, create_graph: bool = False
) -> list[AnyNode]:
    """The gradient of `output` by each of `inputs`; nobody's `grad` is touched.

    Zero for an input that the output does not depend on. With `create_graph` the results can be
    differentiated again. `seed` is as for `Node.backward`.
    """
    kind: Any = type(output)
    start = _start(output, seed)
    wanted = {node._order for node in inputs}
    found: dict[int, Any] = {}
    for node, upstream in flow(output, kind(start) if create_graph else start, create_graph):
        if node._order in wanted:
            found[node._order] = upstream
    gradients = [found.get(node._order, np.zeros(node.shape)[()]) for node in inputs]
    return [each if isinstance(each, kind) else kind(each) for each in gradients]


def _start(output: Node, seed: Any) -> Array:
    """The upstream gradient to begin with: a float for a float, else of the output's dtype."""
    shape = output.shape
    if seed is None:
        if shape != ():
            raise ValueError(f"backward needs a seed of the output's shape {shape}")
        seed = 1.0
    else:
        seed = seed.data if isinstance(seed, Node) else seed
        if np.shape(seed) != shape:
            raise ValueError(f"the seed has shape {np.shape(seed)}, the output {shape}")
    if type(output.data) is float:
        return float(seed)
    return output.data.dtype.type(seed) if shape == () else np.array(seed, output.data.dtype)
