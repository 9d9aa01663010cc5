from .core import make_vjp
from . import numpy_wrapper as anp


def _unary(fun, argnum, args, kw):
    def f(x):
        a = list(args)
        a[argnum] = x
        return fun(*a, **kw)
    return f


def grad(fun, argnum=0):
    """grad(f)(x, ...) is the gradient of the scalar function f w.r.t. args[argnum]"""
    def gradfun(*args, **kw):
        vjp, ans = make_vjp(_unary(fun, argnum, args, kw), args[argnum])
        return vjp(anp.ones_like(ans))
    return gradfun


def value_and_grad(fun, argnum=0):
    def f(*args, **kw):
        vjp, ans = make_vjp(_unary(fun, argnum, args, kw), args[argnum])
        return ans, vjp(anp.ones_like(ans))
    return f
