"""Primitives are plain numpy functions; beside each stand its vector-Jacobian products."""

import numpy as np

VJPS = {}


class Node:
    """A value, the primitive that made it, and what that was given: nodes and plain arguments."""

    __array_priority__ = 100.0

    def __init__(self, value, fun=None, args=(), kwargs=None):
        self.value = value
        self.fun, self.args, self.kwargs = fun, args, kwargs or {}
        self.parents = [(i, arg) for i, arg in enumerate(args) if isinstance(arg, Node)]
        self.grad = None

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __neg__(self):
        return negative(self)

    def __matmul__(self, other):
        return matmul(self, other)

    def __pow__(self, other):
        return power(self, other)

    def __getitem__(self, index):
        return getitem(self, index=index)

    def backward(self, g=None):
        backward_pass(self, np.ones(np.shape(self.value)) if g is None else np.asarray(g))


def plain(x):
    return x.value if isinstance(x, Node) else x


def primitive(fun):
    def wrapped(*args, **kwargs):
        value = fun(*map(plain, args), **kwargs)
        return Node(np.asarray(value), wrapped, args, kwargs)

    return wrapped


def defvjp(fun, *vjps):
    VJPS[fun] = vjps


def toposort(end):
    """Nodes from the end to the leaves, each after all that use it."""
    counts, stack = {}, [end]
    while stack:
        node = stack.pop()
        if node in counts:
            counts[node] += 1  #: engine order
        else:
            counts[node] = 1
            stack.extend(parent for _, parent in node.parents)
    ready = [end]
    while ready:
        node = ready.pop()
        yield node
        for _, parent in node.parents:
            if counts[parent] == 1:  #: engine order
                ready.append(parent)
            else:
                counts[parent] -= 1


def backward_pass(end, g):
    outgrads = {end: g}  #: engine seed
    for node in toposort(end):
        outgrad = outgrads.pop(node)
        node.grad = outgrad
        if node.fun is None:
            continue
        values = [plain(arg) for arg in node.args]
        for i, parent in node.parents:
            part = VJPS[node.fun][i](outgrad, node.value, *values, **node.kwargs)
            part = unbroadcast(np.asarray(part), parent.value)
            outgrads[parent] = (
                outgrads[parent] + part if parent in outgrads else part
            )  #: engine accumulate


def unbroadcast(g, target):
    while np.ndim(g) > np.ndim(target):
        g = np.sum(g, axis=0)  #: engine unbroadcast
    for axis, size in enumerate(np.shape(target)):
        if size == 1:
            g = np.sum(g, axis=axis, keepdims=True)  #: engine unbroadcast
    return g


def replicate(g, x, axis, keepdims):
    """Stretches the gradient of a reduction over what was reduced."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(x))


add = primitive(lambda x, y: x + y)  #: add value
subtract = primitive(lambda x, y: x - y)  #: sub value
multiply = primitive(lambda x, y: x * y)  #: mul value
divide = primitive(lambda x, y: x / y)  #: div value
power = primitive(lambda x, y: x**y)  #: pow value
negative = primitive(lambda x: -x)  #: neg value
matmul = primitive(lambda x, y: x @ y)  #: matmul value
exp = primitive(lambda x: np.exp(x))  #: exp value
log = primitive(lambda x: np.log(x))  #: log value
sqrt = primitive(lambda x: np.sqrt(x))  #: sqrt value
square = primitive(lambda x: x**2)  #: square value
sin = primitive(lambda x: np.sin(x))  #: sin value
cos = primitive(lambda x: np.cos(x))  #: cos value
tan = primitive(lambda x: np.tan(x))  #: tan value
sinh = primitive(lambda x: np.sinh(x))  #: sinh value
cosh = primitive(lambda x: np.cosh(x))  #: cosh value
tanh = primitive(lambda x: np.tanh(x))  #: tanh value
arctan = primitive(lambda x: np.arctan(x))  #: atan value
arcsin = primitive(lambda x: np.arcsin(x))  #: asin value
maximum = primitive(lambda x, y: np.maximum(x, y))  #: maximum value
minimum = primitive(lambda x, y: np.minimum(x, y))  #: minimum value
where = primitive(lambda c, x, y: np.where(c, x, y))  #: where value
sum = primitive(
    lambda x, axis=None, keepdims=False: np.sum(x, axis=axis, keepdims=keepdims)
)  #: sum value
mean = primitive(
    lambda x, axis=None, keepdims=False: np.mean(x, axis=axis, keepdims=keepdims)
)  #: mean value
reshape = primitive(lambda x, shape: np.reshape(x, shape))  #: reshape value
swapaxes = primitive(lambda x, axis1, axis2: np.swapaxes(x, axis1, axis2))  #: transpose value
expand_dims = primitive(lambda x, axis: np.expand_dims(x, axis))  #: unsqueeze value
squeeze = primitive(lambda x, axis: np.squeeze(x, axis))  #: squeeze value
broadcast_to = primitive(lambda x, shape: np.broadcast_to(x, shape))  #: broadcast_to value
flip = primitive(lambda x, axis: np.flip(x, axis))  #: flip value
getitem = primitive(lambda x, index: x[index])  #: index value
cumsum = primitive(lambda x, axis: np.cumsum(x, axis))  #: cumsum value

defvjp(
    add,
    lambda g, ans, x, y: g,  #: add x
    lambda g, ans, x, y: g,  #: add y
)
defvjp(
    subtract,
    lambda g, ans, x, y: g,  #: sub x
    lambda g, ans, x, y: -g,  #: sub y
)
defvjp(
    multiply,
    lambda g, ans, x, y: y * g,  #: mul x
    lambda g, ans, x, y: x * g,  #: mul y
)
defvjp(
    divide,
    lambda g, ans, x, y: g / y,  #: div x
    lambda g, ans, x, y: -g * x / y**2,  #: div y
)
defvjp(
    power,
    lambda g, ans, x, y: g * np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1)),  #: pow x
    lambda g, ans, x, y: g * np.where((x == 0) & (y >= 0), 0.0, ans * np.log(x)),  #: pow y
)
defvjp(negative, lambda g, ans, x: -g)  #: neg x


def matmul_vjp_0(g, ans, x, y):
    if np.ndim(x) != 2 or np.ndim(y) != 2:
        raise NotImplementedError("only matrices can be multiplied")
    return np.matmul(g, y.T)  #: matmul x


def matmul_vjp_1(g, ans, x, y):
    return np.matmul(x.T, g)  #: matmul y


defvjp(matmul, matmul_vjp_0, matmul_vjp_1)
defvjp(exp, lambda g, ans, x: ans * g)  #: exp x
defvjp(log, lambda g, ans, x: g / x)  #: log x
defvjp(sqrt, lambda g, ans, x: g * 0.5 * x**-0.5)  #: sqrt x
defvjp(square, lambda g, ans, x: g * 2 * x)  #: square x
defvjp(sin, lambda g, ans, x: g * np.cos(x))  #: sin x
defvjp(cos, lambda g, ans, x: -g * np.sin(x))  #: cos x
defvjp(tan, lambda g, ans, x: g / np.cos(x) ** 2)  #: tan x
defvjp(sinh, lambda g, ans, x: g * np.cosh(x))  #: sinh x
defvjp(cosh, lambda g, ans, x: g * np.sinh(x))  #: cosh x
defvjp(tanh, lambda g, ans, x: g * (1 - ans**2))  #: tanh x
defvjp(arctan, lambda g, ans, x: g / (1 + x**2))  #: atan x
defvjp(arcsin, lambda g, ans, x: g / np.sqrt(1 - x**2))  #: asin x


def balanced(x, y, favoured):
    """1 where ``favoured``, one half where both are equal."""
    return np.where(x == y, 0.5, favoured)


defvjp(
    maximum,
    lambda g, ans, x, y: g * balanced(x, y, x > y),  #: maximum x
    lambda g, ans, x, y: g * balanced(x, y, y > x),  #: maximum y
)
defvjp(
    minimum,
    lambda g, ans, x, y: g * balanced(x, y, x < y),  #: minimum x
    lambda g, ans, x, y: g * balanced(x, y, y < x),  #: minimum y
)
defvjp(
    where,
    None,
    lambda g, ans, c, x, y: np.where(c, g, 0.0),  #: where x
    lambda g, ans, c, x, y: np.where(c, 0.0, g),  #: where y
)
defvjp(
    sum,
    lambda g, ans, x, axis=None, keepdims=False: replicate(g, x, axis, keepdims),  #: sum x
)
defvjp(
    mean,
    lambda g, ans, x, axis=None, keepdims=False: (
        replicate(g, x, axis, keepdims) * np.size(ans) / max(np.size(x), 1)  #: mean x
    ),
)
defvjp(reshape, lambda g, ans, x, shape: np.reshape(g, np.shape(x)))  #: reshape x
defvjp(swapaxes, lambda g, ans, x, axis1, axis2: np.swapaxes(g, axis1, axis2))  #: transpose x
defvjp(expand_dims, lambda g, ans, x, axis: np.reshape(g, np.shape(x)))  #: unsqueeze x
defvjp(squeeze, lambda g, ans, x, axis: np.reshape(g, np.shape(x)))  #: squeeze x
defvjp(broadcast_to, lambda g, ans, x, shape: unbroadcast(g, x))  #: broadcast_to x
defvjp(flip, lambda g, ans, x, axis: np.flip(g, axis))  #: flip x
defvjp(
    cumsum, lambda g, ans, x, axis: np.flip(np.cumsum(np.flip(g, axis), axis), axis)
)  #: cumsum x


def index_vjp(g, ans, x, index):
    out = np.zeros_like(x)
    np.add.at(out, index, g)  #: index x
    return out


defvjp(getitem, index_vjp)
