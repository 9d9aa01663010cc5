"""Nodes are dataclasses and everything else is functions. No operators, on purpose."""
from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(eq=False)
class Node:
    value: float
    parents: list[tuple[Node, float]] = field(default_factory=list)
    grad: float = 0.0


def constant(value: float) -> Node:
    return Node(value)


def add(a: Node, b: Node) -> Node:
    return Node(a.value + b.value, [(a, 1.0), (b, 1.0)])


def sub(a: Node, b: Node) -> Node:
    return Node(a.value - b.value, [(a, 1.0), (b, -1.0)])


def mul(a: Node, b: Node) -> Node:
    return Node(a.value * b.value, [(a, b.value), (b, a.value)])


def div(a: Node, b: Node) -> Node:
    return Node(a.value / b.value, [(a, 1 / b.value), (b, -a.value / b.value ** 2)])


def power(a: Node, n: float) -> Node:
    return Node(a.value ** n, [(a, n * a.value ** (n - 1))])


def exp(a: Node) -> Node:
    y = math.exp(a.value)
    return Node(y, [(a, y)])


def log(a: Node) -> Node:
    return Node(math.log(a.value), [(a, 1 / a.value)])


def sin(a: Node) -> Node:
    return Node(math.sin(a.value), [(a, math.cos(a.value))])


def tanh(a: Node) -> Node:
    y = math.tanh(a.value)
    return Node(y, [(a, 1 - y * y)])


def sigmoid(a: Node) -> Node:
    y = 1 / (1 + math.exp(-a.value))
    return Node(y, [(a, y * (1 - y))])


def _order(output: Node) -> list[Node]:
    done: dict[int, Node] = {}
    stack = [(output, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            done[id(node)] = node
        elif id(node) not in done:
            stack.append((node, True))
            stack.extend((p, False) for p, _ in node.parents if id(p) not in done)
    return list(done.values())


def compute_gradients(output: Node) -> None:
    order = _order(output)
    for node in order:
        node.grad = 0.0
    output.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += local * node.grad
