"""A package in the style of a systems course's framework: Op classes with compute and gradient,
Tensors whose cached data are realized, gradients that are Tensors themselves (so they can be
differentiated again), adjoints in a dictionary of lists.

Operations (cmu_like.ops): add, add_scalar, multiply, mul_scalar, divide, divide_scalar,
power_scalar, negate, transpose(axes), reshape, broadcast_to, summation(axes), matmul, log, exp, relu,
tanh, logsumexp; operators and methods for most of them. Elementwise operations want equal shapes.
To be said: right. backward(out_grad=None) wants a Tensor as seed; gradients start anew each time.
"""

from . import ops
from .autograd import Op, Tensor
from .ops import *
