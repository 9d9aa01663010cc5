"""A duck array: numpy functions called on it are recorded (__array_function__, __array_ufunc__)."""
import numpy as np

HANDLED = {}
VJPS = {
    np.add: lambda g, y, a, b: (g, g),
    np.subtract: lambda g, y, a, b: (g, -g),
    np.multiply: lambda g, y, a, b: (g * b, g * a),
    np.true_divide: lambda g, y, a, b: (g / b, -g * a / (b * b)),
    np.negative: lambda g, y, a: (-g,),
    np.exp: lambda g, y, a: (g * y,),
    np.log: lambda g, y, a: (g / a,),
    np.tanh: lambda g, y, a: (g * (1 - y ** 2),),
    np.sin: lambda g, y, a: (g * np.cos(a),),
    np.cos: lambda g, y, a: (-g * np.sin(a),),
    np.matmul: lambda g, y, a, b: (g @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ g),
    np.maximum: lambda g, y, a, b: (g * (a > b) + 0.5 * g * (a == b), g * (b > a) + 0.5 * g * (a == b)),
}


def shrink(g, shape):
    g = np.asarray(g)
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=ones, keepdims=True) if ones else g


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    def __init__(self, value):
        self.value = np.asarray(value, dtype=float)
        self.adjoint = np.zeros_like(self.value)
        self.recipe = None

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    T = property(lambda self: np.transpose(self))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or ufunc not in VJPS:
            return NotImplemented
        raw = [i.value if isinstance(i, Array) else np.asarray(i) for i in inputs]
        out = Array(ufunc(*raw))
        out.recipe = inputs, lambda g: VJPS[ufunc](g, out.value, *raw)
        return out

    def __array_function__(self, func, types, args, kwargs):
        if func not in HANDLED:
            return NotImplemented
        return HANDLED[func](*args, **kwargs)

    def backprop(self, g=None):
        tape, seen = [], set()

        def walk(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.recipe[0] if node.recipe else ():
                    if isinstance(parent, Array):
                        walk(parent)
                tape.append(node)

        walk(self)
        self.adjoint = self.adjoint + (np.ones(self.shape) if g is None else g)
        for node in reversed(tape):
            if node.recipe:
                parents, back = node.recipe
                for parent, part in zip(parents, back(node.adjoint)):
                    if isinstance(parent, Array):
                        parent.adjoint = parent.adjoint + shrink(part, parent.shape)


def implements(func):
    def register(f):
        HANDLED[func] = f
        return f
    return register


@implements(np.sum)
def _sum(a, axis=None, keepdims=False, **_):
    out = Array(a.value.sum(axis=axis, keepdims=keepdims))

    def back(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.shape),)
    out.recipe = (a,), back
    return out


@implements(np.mean)
def _mean(a, axis=None, keepdims=False, **_):
    out = Array(a.value.mean(axis=axis, keepdims=keepdims))

    def back(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.shape) / a.shape[-1],)
    out.recipe = (a,), back
    return out


@implements(np.transpose)
def _transpose(a, axes=None):
    out = Array(np.transpose(a.value, axes))
    out.recipe = (a,), lambda g: (np.transpose(g, None if axes is None else np.argsort(axes)),)
    return out


@implements(np.reshape)
def _reshape(a, shape, **_):
    out = Array(a.value.reshape(shape))
    out.recipe = (a,), lambda g: (g.reshape(a.shape),)
    return out
