"""A subclass of numpy.ndarray: an ADArray is an array, computed with by numpy's own functions, whose
ufuncs are caught by __array_ufunc__ and remembered.

Operations: + - * / ** (number) and unary minus, numbers on either side, @ of matrices;
numpy.exp, log, sqrt, sin, cos, tanh, absolute, maximum; methods sum(axis), mean(axis), reshape,
transpose, T, dot, and x[...].
To be said: right. The value is the object itself (numpy.asarray(x)); .grad an array after
backward(seed=1.0); gradients start anew at each backward.
"""

import numpy as np


def plain(x):
    return np.asarray(x)


def _tie(x, y):
    return (x > y) + 0.5 * (x == y)


RULES = {
    np.add: (lambda g, o, x, y: g, lambda g, o, x, y: g),
    np.subtract: (lambda g, o, x, y: g, lambda g, o, x, y: -g),
    np.multiply: (lambda g, o, x, y: g * y, lambda g, o, x, y: g * x),
    np.true_divide: (lambda g, o, x, y: g / y, lambda g, o, x, y: -g * x / y**2),
    np.negative: (lambda g, o, x: -g,),
    np.exp: (lambda g, o, x: g * o,),
    np.log: (lambda g, o, x: g / x,),
    np.sqrt: (lambda g, o, x: g / (2 * o),),
    np.square: (lambda g, o, x: g * 2 * x,),
    np.reciprocal: (lambda g, o, x: -g * o * o,),
    np.sin: (lambda g, o, x: g * np.cos(x),),
    np.cos: (lambda g, o, x: -g * np.sin(x),),
    np.tanh: (lambda g, o, x: g * (1 - o * o),),
    np.absolute: (lambda g, o, x: g * np.sign(x),),
    np.maximum: (lambda g, o, x, y: g * _tie(x, y), lambda g, o, x, y: g * _tie(y, x)),
}


class ADArray(np.ndarray):
    def __new__(cls, data):
        return np.array(data, dtype=np.float64).view(cls)

    def __array_finalize__(self, obj):
        self.grad = None
        self.history = ()

    @classmethod
    def _result(cls, array, *history):
        out = np.array(array, dtype=np.float64).view(cls)
        out.history = history
        return out

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        raw = [plain(i) for i in inputs]
        if ufunc is np.matmul and method == "__call__":
            return self._matmul(inputs, *raw)
        if method == "reduce" and ufunc is np.add and out is None:
            return self._sum(inputs[0], **kwargs)
        if ufunc in (np.greater, np.less, np.greater_equal, np.less_equal, np.equal, np.not_equal):
            return ufunc(*raw)
        if method != "__call__" or out is not None or ufunc not in (*RULES, np.power):
            return NotImplemented
        result = ufunc(*raw)
        if ufunc is np.power:
            if isinstance(inputs[1], ADArray):
                return NotImplemented
            x, n = raw
            slope = np.zeros_like(x) if np.all(n == 0) else n * x ** (n - 1.0)
            return self._result(result, (inputs[0], lambda g: g * slope))
        history = []
        for one, rule in zip(inputs, RULES[ufunc]):
            if isinstance(one, ADArray):
                history.append((one, lambda g, rule=rule: rule(g, result, *raw)))
        return self._result(result, *history)

    def _matmul(self, inputs, a, b):
        if a.ndim != 2 or b.ndim != 2:
            return NotImplemented
        history = []
        if isinstance(inputs[0], ADArray):
            history.append((inputs[0], lambda g: g @ b.T))
        if isinstance(inputs[1], ADArray):
            history.append((inputs[1], lambda g: a.T @ g))
        return self._result(a @ b, *history)

    def _sum(self, x, axis=None, keepdims=False, **ignored):
        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, x.shape)

        return self._result(plain(x).sum(axis=axis, keepdims=keepdims), (x, back))

    def __getitem__(self, index):
        def back(g):
            wide = np.zeros(self.shape)
            np.add.at(wide, index, g)
            return wide

        return self._result(plain(self)[index], (self, back))

    def __pow__(self, n):
        return np.power(self, n)

    def sum(self, axis=None, dtype=None, out=None, keepdims=False):
        return self._sum(self, axis, keepdims)

    def mean(self, axis=None, dtype=None, out=None, keepdims=False):
        total = self.sum(axis, keepdims=keepdims)
        return total / (self.size / total.size)

    def dot(self, other):
        return self @ other

    def reshape(self, *shape):
        if len(shape) == 1 and not isinstance(shape[0], int):
            shape = tuple(shape[0])
        return self._result(plain(self).reshape(shape), (self, lambda g: g.reshape(self.shape)))

    def transpose(self, *axes):
        if len(axes) == 1 and not isinstance(axes[0], int):
            axes = tuple(axes[0] or ())
        back = tuple(np.argsort([a % self.ndim for a in axes])) if axes else None
        moved = plain(self).transpose(axes or None)
        return self._result(moved, (self, lambda g: g.transpose(back)))

    @property
    def T(self):
        return self.transpose()

    def backward(self, seed=1.0):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                node.grad = np.zeros(node.shape)
                stack.append((node, True))
                stack.extend((parent, False) for parent, _ in node.history)
        self.grad = np.broadcast_to(plain(seed).astype(float), self.shape)
        for node in reversed(order):
            for parent, back in node.history:
                parent.grad = parent.grad + _shrink(np.asarray(back(node.grad)), parent.shape)


def _refuse(name):
    def method(self, *args, **kwargs):
        raise NotImplementedError(f"{name} of an ADArray has no gradient yet")

    return method


for _name in (
    "squeeze swapaxes ravel flatten repeat take diagonal trace clip cumsum cumprod prod "
    "max min std var sort round choose compress"
).split():
    setattr(ADArray, _name, _refuse(_name))


def _shrink(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    return g
