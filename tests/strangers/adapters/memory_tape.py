"""A tape over plain arrays: every result is told to the tape, which keeps gradients by address."""

import numpy as np
from memory_tape import Autograd, F

from harness.engines.adapter import ObjectEngine, Unsupported


class MemoryTape(ObjectEngine):
    cls = np.ndarray
    takes_arrays = True
    tape = Autograd()

    def run(self, program):
        self.tape.zero_grad()
        return super().run(program)

    def wrap(self, value):
        return np.array(value, dtype=float)

    def value(self, node):
        return node

    def apply(self, step, operands):
        function = getattr(F(self.tape), step.op, None)
        if function is None or step.parameters:
            raise Unsupported(step.op)
        return function(*(x if isinstance(x, np.ndarray) else self.wrap(x) for x in operands))

    def backward(self, output, seed):
        self.tape.backward(seed)

    def gradient(self, node):
        buffer = self.tape.gradient_buffer
        return buffer.get_param(node) if buffer.is_in_memory(node) else None
