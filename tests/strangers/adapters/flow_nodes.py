"""Nodes with a feed dictionary: each is run as it is made, and the sorted graph backward."""

import flow_nodes as flow
import numpy as np

from harness.engines.adapter import ObjectEngine, Unsupported

NODES = {name.lower(): getattr(flow, name) for name in ("Add", "Sub", "Mul", "Sigmoid", "Tanh")}
NODES |= {"square": flow.Square, "sum": flow.Sum, "mse_loss": flow.MSE}


class Flow(ObjectEngine):
    cls = flow.Node
    takes_arrays = True
    feed, begun = {}, {}

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
        nodes = [x if isinstance(x, flow.Node) else self.wrap(x) for x in operands]
        node = NODES[step.op](*nodes)
        node.forward()
        return node

    def backward(self, output, seed):
        flow.forward_and_backward(flow.topological_sort(self.feed), output, seed)
        self.begun = {output: seed}

    def gradient(self, node):
        return node.arriving() + self.begun.get(node, 0.0)
