"""A Tensor whose methods hide what they take: their parameters are said here."""

from patched_tensor import Tensor

from harness.engines.adapter import ObjectEngine, Unsupported


def transpose(x, axis0, axis1):
    if x.data.ndim != 2:
        raise Unsupported("transpose of more than two axes")
    return x.transpose()


class Patched(ObjectEngine):
    cls = Tensor
    operations = {
        "transpose": transpose,
        "reshape": lambda x, shape: x.reshape(*shape),
        "softmax": lambda x, axis: x.softmax(dim=axis),
    }
