"""grad(f): the function is run on boxes that write down what is done to them."""

import builtins
import itertools

import numpy as np

counter = itertools.count()


class Box:
    __array_ufunc__ = None

    def __init__(self, value, pulls=()):
        self.value = value
        self.pulls = pulls
        self.time = next(counter)

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return sub(self, other)

    def __rsub__(self, other):
        return sub(other, self)

    def __mul__(self, other):
        return mul(self, other)

    def __rmul__(self, other):
        return mul(other, self)

    def __truediv__(self, other):
        return div(self, other)

    def __rtruediv__(self, other):
        return div(other, self)

    def __neg__(self):
        return neg(self)

    def __pow__(self, n):
        return pow(self, n)

    def __matmul__(self, other):
        return matmul(self, other)

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __getitem__(self, key):
        return getitem(self, key)


def raw(x):
    return x.value if isinstance(x, Box) else x


def node(value, *edges):
    """The result of a step: a box if anything that it was made of is one."""
    pulls = [(x, pull) for x, pull in edges if isinstance(x, Box)]
    return Box(value, pulls) if pulls else value


def fit(g, x):
    """Sums out what broadcasting has stretched."""
    extra = np.ndim(g) - np.ndim(x)
    g = np.sum(g, axis=tuple(range(extra)))  #: engine unbroadcast
    thin = tuple(i for i, n in enumerate(np.shape(x)) if n == 1)
    return np.sum(g, axis=thin, keepdims=True)  #: engine unbroadcast


def add(x, y):
    a, b = raw(x), raw(y)
    return node(
        a + b,  #: add value
        (x, lambda g: fit(g, a)),  #: add x
        (y, lambda g: fit(g, b)),  #: add y
    )


def sub(x, y):
    a, b = raw(x), raw(y)
    return node(
        a - b,  #: sub value
        (x, lambda g: fit(g, a)),  #: sub x
        (y, lambda g: fit(-g, b)),  #: sub y
    )


def mul(x, y):
    a, b = raw(x), raw(y)
    return node(
        a * b,  #: mul value
        (x, lambda g: fit(g * b, a)),  #: mul x
        (y, lambda g: fit(g * a, b)),  #: mul y
    )


def div(x, y):
    a, b = raw(x), raw(y)
    return node(
        np.divide(a, b),  #: div value
        (x, lambda g: fit(np.divide(g, b), a)),  #: div x
        (y, lambda g: fit(-g * np.divide(a, b**2), b)),  #: div y
    )


def pow(x, n):
    if isinstance(n, Box) or not isinstance(x, Box):
        raise NotImplementedError("the exponent must be a number")
    a = raw(x)
    return node(
        a**n,  #: pow value
        (x, lambda g: g * n * a ** (n - 1) if n else 0.0 * g),  #: pow x
    )


def neg(x):
    a = raw(x)
    return node(
        -a,  #: neg value
        (x, lambda g: -g),  #: neg x
    )


def matmul(x, y):
    a, b = raw(x), raw(y)
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return node(
            a @ b,  #: matmul value
            (x, lambda g: g * b),  #: matmul x
            (y, lambda g: g * a),  #: matmul y
        )
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        return node(
            a @ b,  #: matmul value
            (x, lambda g: np.outer(g, b)),  #: matmul x
            (y, lambda g: a.T @ g),  #: matmul y
        )
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        return node(
            a @ b,  #: matmul value
            (x, lambda g: g @ b.T),  #: matmul x
            (y, lambda g: a.T @ g),  #: matmul y
        )
    raise NotImplementedError("this pair of ranks")


def exp(x):
    e = np.exp(raw(x))  #: exp value
    return node(e, (x, lambda g: g * e))  #: exp x


def log(x):
    a = raw(x)
    return node(
        np.log(a),  #: log value
        (x, lambda g: g / a),  #: log x
    )


def sqrt(x):
    r = np.sqrt(raw(x))  #: sqrt value
    return node(r, (x, lambda g: g / 2 / r))  #: sqrt x


def sin(x):
    a = raw(x)
    return node(
        np.sin(a),  #: sin value
        (x, lambda g: g * np.cos(a)),  #: sin x
    )


def cos(x):
    a = raw(x)
    return node(
        np.cos(a),  #: cos value
        (x, lambda g: -g * np.sin(a)),  #: cos x
    )


def tanh(x):
    t = np.tanh(raw(x))  #: tanh value
    return node(t, (x, lambda g: g - g * t * t))  #: tanh x


def sigmoid(x):
    s = 0.5 + 0.5 * np.tanh(0.5 * raw(x))  #: sigmoid value
    return node(s, (x, lambda g: g * (s - s * s)))  #: sigmoid x


def relu(x):
    a = raw(x)
    return node(
        np.where(a < 0, 0.0, a),  #: relu value
        (x, lambda g: np.where(a > 0, g, 0.0)),  #: relu x
    )


def absolute(x):
    a = raw(x)
    return node(
        np.abs(a),  #: abs value
        (x, lambda g: np.where(a < 0, -g, np.where(a > 0, g, 0.0))),  #: abs x
    )


def square(x):
    a = raw(x)
    return node(
        a * a,  #: square value
        (x, lambda g: 2 * g * a),  #: square x
    )


def reciprocal(x):
    a = raw(x)
    return node(
        np.divide(1.0, a),  #: reciprocal value
        (x, lambda g: np.divide(-g, a * a)),  #: reciprocal x
    )


def maximum(x, y):
    a, b = raw(x), raw(y)
    tie = 0.5 * np.equal(a, b).astype(np.asarray(a).dtype)
    return node(
        np.maximum(a, b),  #: maximum value
        (x, lambda g: fit(g * (np.greater(a, b) + tie), a)),  #: maximum x
        (y, lambda g: fit(g * (np.greater(b, a) + tie), b)),  #: maximum y
    )


def spread(g, a, axis):
    """A reduced gradient with its axes as before, stretched over what was reduced."""
    shape = list(np.shape(a))
    for i in range(len(shape)) if axis is None else np.atleast_1d(axis):
        shape[i] = 1
    return np.broadcast_to(np.reshape(g, shape), np.shape(a))


def sum(x, axis=None, keepdims=False):
    a = raw(x)
    return node(
        np.sum(a, axis=axis, keepdims=keepdims),  #: sum value
        (x, lambda g: spread(g, a, axis)),  #: sum x
    )


def mean(x, axis=None, keepdims=False):
    a = raw(x)
    m = np.mean(a, axis=axis, keepdims=keepdims)  #: mean value
    return node(
        m, (x, lambda g: spread(g, a, axis) * np.size(m) / builtins.max(np.size(a), 1))
    )  #: mean x


def max(x, axis=None, keepdims=False):
    a = raw(x)
    m = np.max(a, axis=axis, keepdims=keepdims)  #: max value

    def pull(g):
        winners = (a == spread(m, a, axis)).astype(np.asarray(a).dtype)  #: max x
        return winners * spread(g, a, axis) / winners.sum(axis=axis, keepdims=True)  #: max x

    return node(m, (x, pull))


def reshape(x, shape):
    a = raw(x)
    return node(
        reshape(a, shape) if isinstance(a, Box) else np.reshape(a, shape),  #: reshape value
        (x, lambda g: reshape(g, np.shape(a))),  #: reshape x
    )


def permute(x, axes):
    back = np.argsort([i % np.ndim(raw(x)) for i in axes])
    return node(
        np.transpose(raw(x), axes),  #: permute value
        (x, lambda g: np.transpose(g, back)),  #: permute x
    )


def expand_dims(x, axis):
    a = raw(x)
    return node(
        expand_dims(a, axis) if isinstance(a, Box) else np.expand_dims(a, axis),  #: unsqueeze value
        (x, lambda g: reshape(g, np.shape(a))),  #: unsqueeze x
    )


def getitem(x, key):
    a = raw(x)

    def pull(g):
        d = np.zeros_like(a)
        np.add.at(d, key, g)  #: index x
        return d

    return node(a[key], (x, pull))  #: index value


def softmax(x, axis=-1):
    e = np.exp(raw(x) - np.max(raw(x), axis=axis, keepdims=True))  #: softmax value
    p = e / np.sum(e, axis=axis, keepdims=True)  #: softmax value
    return node(p, (x, lambda g: p * (g - np.sum(g * p, axis=axis, keepdims=True))))  #: softmax x


def pullback(out, boxes):
    """The gradients of ``out`` by each box, from the latest box to the earliest."""
    if not isinstance(out, Box):
        return [np.zeros(np.shape(box.value)) for box in boxes]
    gradients, live = {out.time: np.ones_like(out.value)}, {out.time: out}  #: engine seed
    while live:
        time = builtins.max(live)  #: engine order
        current = live.pop(time)
        for x, pull in current.pulls:
            g = pull(gradients[time])
            if x.time in gradients:
                gradients[x.time] = gradients[x.time] + g  #: engine accumulate
            else:
                gradients[x.time] = g  #: engine accumulate
            live[x.time] = x
    return [gradients.get(box.time, np.zeros(np.shape(box.value))) for box in boxes]


def grad(f, argnums=0):
    """The function that gives the gradient of ``f``, a number, by the arguments ``argnums``."""

    def gradient(*args):
        chosen = argnums if isinstance(argnums, tuple) else (argnums,)
        args = [Box(arg) if i in chosen else arg for i, arg in enumerate(args)]
        found = pullback(f(*args), [args[i] for i in chosen])
        return tuple(found) if isinstance(argnums, tuple) else found[0]

    return gradient
