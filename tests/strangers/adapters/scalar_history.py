"""Scalars with a history: all is usual but the gradient's name."""

from scalar_history import Scalar

from harness.engines.adapter import ObjectEngine


class Scalars(ObjectEngine):
    cls = Scalar

    def gradient(self, node):
        return node.derivative
