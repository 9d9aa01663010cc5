import numpy

from .autograd import Tensor


def zeros(*shape, **kw):
    return Tensor(numpy.zeros(shape), **kw)


def ones(*shape, **kw):
    return Tensor(numpy.ones(shape), **kw)


def randn(*shape, seed=0, **kw):
    return Tensor(numpy.random.default_rng(seed).normal(size=shape), **kw)
