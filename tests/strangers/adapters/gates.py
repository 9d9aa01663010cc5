"""Layers with forward and backward: the adapter keeps their order, and adds up gradients."""

from types import SimpleNamespace

import gates
import numpy as np

from harness.engines.adapter import ObjectEngine, Unsupported

NAMES = {"sub": "Subtract", "mul": "Multiply", "div": "Divide", "neg": "Negate"}
NAMES |= {"relu": "ReLU", "matmul": "MatMul"}


class Gates(ObjectEngine):
    cls = SimpleNamespace  # a wire from gate to gate, with its value and what has come back so far
    takes_arrays = True
    done = ()

    def run(self, program):
        self.done = []
        return super().run(program)

    def wrap(self, value):
        return SimpleNamespace(data=np.asarray(value, dtype=float), grad=0.0)

    def apply(self, step, operands):
        gate = getattr(gates, NAMES.get(step.op, step.op.title()) + "Gate", None)
        if gate is None or step.parameters:
            raise Unsupported(step.op)
        gate = gate()
        wires = [x if isinstance(x, SimpleNamespace) else self.wrap(x) for x in operands]
        out = self.wrap(gate.forward(*(wire.data for wire in wires)))
        self.done += [(gate, wires, out)]
        return out

    def backward(self, output, seed):
        for _, wires, out in self.done:
            for wire in (*wires, out):
                wire.grad = np.zeros_like(wire.data)
        output.grad = seed
        for gate, wires, out in reversed(self.done):
            for wire, more in zip(wires, gate.backward(out.grad)):
                wire.grad = wire.grad + more
