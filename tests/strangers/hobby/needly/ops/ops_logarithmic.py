import numpy as array_api

from ..autograd import Tensor, TensorOp
from .ops_mathematic import broadcast_to, exp, reshape


class LogSumExp(TensorOp):
    def __init__(self, axes=None):
        self.axes = (axes,) if isinstance(axes, int) else axes

    def compute(self, Z):
        top = array_api.max(Z, axis=self.axes, keepdims=True)
        total = array_api.sum(array_api.exp(Z - top), axis=self.axes)
        return array_api.log(total) + array_api.reshape(top, total.shape)

    def gradient(self, out_grad, node):
        z = node.inputs[0]
        kept = list(z.shape)
        for axis in range(len(kept)) if self.axes is None else self.axes:
            kept[axis] = 1

        def spread(t):
            return broadcast_to(reshape(t, tuple(kept)), z.shape)

        return spread(out_grad) * exp(z - spread(node))


def logsumexp(a, axes=None):
    return LogSumExp(axes)(a)
