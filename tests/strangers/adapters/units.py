"""Units on wires: gates are kept in their order, and gone back through; units add up themselves."""

import units

from harness.engines.adapter import ObjectEngine, Unsupported

GATES = {"mul": units.multiplyGate, "add": units.addGate}
GATES |= {"sigmoid": units.sigmoidGate, "tanh": units.tanhGate}


class Units(ObjectEngine):
    cls = units.Unit
    gates = ()

    def run(self, program):
        self.gates = []
        return super().run(program)

    def apply(self, step, operands):
        if step.op not in GATES:
            raise Unsupported(step.op)
        self.gates.append(GATES[step.op]())
        wires = [x if isinstance(x, units.Unit) else units.Unit(x) for x in operands]
        return self.gates[-1].forward(*wires)

    def value(self, node):
        return node.value

    def backward(self, output, seed):
        output.grad = seed
        for gate in reversed(self.gates):
            gate.backward()
