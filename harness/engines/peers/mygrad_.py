"""MyGrad, an engine of arrays: https://github.com/rsokl/MyGrad."""

from __future__ import annotations

from types import MappingProxyType

import mygrad
from mygrad import nnet

from harness.engines.adapter import ObjectEngine


class Peer(ObjectEngine):
    """Functions of mygrad and of its neural networks."""

    cls = mygrad.Tensor
    module = mygrad
    modules = (mygrad,)  # its ufuncs are classes
    operations = MappingProxyType(
        {
            "sigmoid": nnet.sigmoid,
            "relu": nnet.relu,
            "elu": nnet.elu,
            "leaky_relu": lambda x, negative_slope=0.01: nnet.leaky_relu(x, slope=negative_slope),
            "softmax": lambda x, axis=-1: nnet.softmax(x, axis=axis),
            "log_softmax": lambda x, axis=-1: nnet.logsoftmax(x, axis=axis),
            "norm": lambda x, axis=None, keepdims=False: mygrad.linalg.norm(
                x.reshape(-1) if axis is None and not keepdims else x, axis=axis, keepdims=keepdims
            ),
            "cross_entropy": lambda logits, labels: nnet.softmax_crossentropy(logits, labels),
            "conv2d": lambda x, weight, stride=1, padding=0: nnet.conv_nd(
                x, weight, stride=stride, padding=padding
            ),
            "max_pool2d": lambda x, kernel_size=2, stride=None: nnet.max_pool(
                x, (kernel_size, kernel_size), stride or kernel_size
            ),
        }
    )
