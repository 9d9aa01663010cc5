"""Nodes in a feed dictionary: each is run as it is made; the last one begins with ones."""

import flowers as flow
import numpy as np

from harness.engines.adapter import ObjectEngine, Unsupported

NODES = {name.lower(): getattr(flow, name) for name in ("Add", "Mul", "Sigmoid", "Square")}


class Flowers(ObjectEngine):
    cls = flow.Node
    takes_arrays = True
    feed = {}

    def run(self, program):
        self.feed = {}
        return super().run(program)

    def wrap(self, value):
        node = flow.Input()
        node.value = self.feed[node] = np.asarray(value, dtype=float)
        return node

    def value(self, node):
        return node.value

    def apply(self, step, operands):
        if step.op not in NODES or step.parameters:
            raise Unsupported(step.op)
        node = NODES[step.op](*(x if isinstance(x, flow.Node) else self.wrap(x) for x in operands))
        node.forward()
        return node

    def backward(self, output, seed):
        if not np.all(seed == 1.0):
            raise Unsupported("backward with a seed")
        self.output = output
        flow.forward_and_backward(flow.topological_sort(self.feed))

    def gradient(self, node):
        return sum((n.gradients[node] for n in node.outbound_nodes), 1.0 * (node is self.output))
