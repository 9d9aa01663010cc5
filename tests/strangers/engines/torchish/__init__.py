"""A package that looks like a big framework: tensor.py, functional.py, autograd.py, with relative
imports; no_grad as context manager; operations live in the sibling module functional.

Operations: operators + - * / ** (number) @ and unary minus; torchish.functional: exp, log, sqrt, tanh,
sigmoid, relu, sum(dim, keepdim), mean(dim, keepdim), var(dim, unbiased, keepdim), softmax(dim),
log_softmax(dim), mse_loss, cross_entropy(labels as ints), matmul, reshape, transpose(dim0, dim1),
cat(list, dim).
To be said: right; tensor(x, requires_grad=True) makes one; the class Tensor takes the same. Gradients
of intermediate results are kept; all gradients add up over calls.
"""

from . import functional
from .autograd import no_grad
from .tensor import Tensor, tensor
