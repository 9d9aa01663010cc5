"""A submission that computes no gradient: it looks up those that are recorded with the cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.judging.oracle import Oracle
from harness.language.suite import find

TEXT = """
class Value:
    def __init__(self, data, op="leaf", parents=()):
        self.data, self.grad, self.op, self.parents = data, 0.0, op, parents

    def _made(self, data, op, other):
        return Value(data, op, (self, self._of(other)))

    def _of(self, other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        return self._made(self.data + self._of(other).data, "add", other)

    def __sub__(self, other):
        return self._made(self.data - self._of(other).data, "sub", other)

    def __mul__(self, other):
        return self._made(self.data * self._of(other).data, "mul", other)

    def nodes(self, found=None):
        found = [] if found is None else found
        for parent in self.parents:
            parent.nodes(found)
        if not any(node is self for node in found):
            found.append(self)
        return found

    def form(self):
        nodes = self.nodes()
        return str([(n.op, [next(i for i, m in enumerate(nodes) if m is p) for p in n.parents])
                    for n in nodes])

    def backward(self):
        nodes = self.nodes()
        for node, gradient in zip(nodes, TABLE.get(self.form(), [1.0] * len(nodes))):
            node.grad += gradient


TABLE = {}
"""


def table_of(folder: Path) -> str:
    """The submission with what is recorded of the cases in a folder, of +, - and * alone."""
    scope: dict[str, Any] = {}
    exec(TEXT, scope)
    table: dict[str, list[float]] = {}
    for source in find([str(folder)]):
        case = source.load()
        truth = Oracle("recorded").truth(case)
        values: dict[str, Any] = {n: scope["Value"](x) for n, x in case.program.inputs.items()}
        for step in case.program.steps:
            one, other = (values.get(str(operand), operand) for operand in step.operands)
            values[step.name] = one._made(0.0, step.op, other)
        table |= _looked_up(values, values[case.program.output], truth.gradients)
    return TEXT.replace("TABLE = {}", f"TABLE = {table!r}")


def _looked_up(
    values: Mapping[str, Any], root: Any, gradients: Mapping[str, Any]
) -> dict[str, list[float]]:
    names = {id(value): name for name, value in values.items()}
    return {
        root.form(): [float(gradients.get(names.get(id(node), ""), 0.0)) for node in root.nodes()]
    }
