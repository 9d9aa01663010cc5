"""How a needle's Tensor is run; it belongs to the assignment, and no submission's is read."""

import numpy as np
from engine import Tensor

from harness.engines.adapter import ObjectEngine


def summed(x, axis=None, keepdims=False):
    """Axes of length 1 that stay are put back by reshape."""
    out = x.summation(axis)
    return out.reshape(np.sum(x.data, axis, keepdims=True).shape) if keepdims else out


class Needle(ObjectEngine):
    cls = Tensor
    operations = {"sum": summed, "transpose": lambda x, axes=None: x.transpose(axes)}
