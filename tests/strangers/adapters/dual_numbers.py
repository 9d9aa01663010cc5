"""Forward mode: one pass for each input, which alone has the derivative 1."""

import dual_numbers as forward

from harness.engines.adapter import FunctionEngine


class Forward(FunctionEngine):
    module = forward

    def wrap(self, value):
        return forward.AD(value, 0.0)

    def value(self, node):
        return node.val

    def gradients(self, function, point):
        found = []
        for chosen in point:
            seeded = [forward.AD(x.val, float(x is chosen)) for x in point]
            found.append(function(*seeded).der)
        return found
