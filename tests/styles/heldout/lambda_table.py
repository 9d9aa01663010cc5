"""Autodiff as two tables of one-liners.

F[op] computes z from the operands. D[op, k] says what operand k gets when z has got g:
it sees g, z and the operands. An op with any number of operands has one line, D[op, "each"],
which sees k first. No line cares about broadcasting: `grad` undoes that. Nothing is ever changed
in place: expressions are immutable, and gradients live in the dictionary that `grad` returns.
"""

import numpy as np

F, D = {}, {}


# ---- small helpers for the lines below


def up(r, x, axis, keepdims):
    """r, the result of reducing x, so that it broadcasts against x again"""
    if axis is None or keepdims:
        return np.reshape(r, (1,) * np.ndim(x)) if axis is None else r
    return np.expand_dims(r, axis)


def ones(x):
    return np.ones_like(x)


def n(x, z):
    """how many elements of x went into each of z"""
    return np.size(x) // np.size(z)


def spread(x, axis, keepdims):
    return x - np.mean(x, axis, keepdims=True)


def lse(x, axis, keepdims=True):
    m = np.max(x, axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0.0)
    s = np.log(np.sum(np.exp(x - m), axis, keepdims=True)) + m
    return s if keepdims else np.squeeze(s, axis if axis is not None else tuple(range(x.ndim)))


def logistic(x):
    return 1 / (1 + np.exp(-x))


def total(g, axis):
    return np.sum(g, axis, keepdims=True)


def backwards(f, g, axis):
    return np.flip(f(np.flip(g, axis), axis), axis)


def inverse(axes):
    return np.argsort([a % len(axes) for a in axes])


def pieces(g, xs, axis):
    return np.split(g, np.cumsum([x.shape[axis] for x in xs]), axis)


def ties(x, z, axis, keepdims):
    t = x == up(z, x, axis, keepdims)
    return t / np.sum(t, axis, keepdims=True)


def scatter(g, x, at):
    d = np.zeros_like(x)
    np.add.at(d, at, g)
    return d


def T(x):
    return np.swapaxes(x, -1, -2)


def col(y):
    return y[:, None] if y.ndim == 1 else y


def row(x):
    return x[None, :] if x.ndim == 1 else x


def flat(g, x, y):
    """the gradient of x @ y as if both had been matrices"""
    g = g[..., None] if y.ndim == 1 else g
    return g[..., None, :] if x.ndim == 1 else g


def like(x, t, axis):
    """t, without the axis that a vector x does not have"""
    return np.squeeze(t, axis) if x.ndim == 1 else t


def fit(g, shape):
    """sum g over whatever was stretched, so that it has this shape"""
    lead = np.ndim(g) - len(shape)
    g = np.sum(g, axis=tuple(range(lead)))  #: engine unbroadcast
    axes = tuple(i for i in range(len(shape)) if shape[i] == 1)
    return np.sum(g, axis=axes, keepdims=True)  #: engine unbroadcast


# ---- arithmetic

F["add"] = lambda x, y: x + y  #: add value
D["add", 0] = lambda g, z, x, y: g  #: add x
D["add", 1] = lambda g, z, x, y: g  #: add y

F["sub"] = lambda x, y: x - y  #: sub value
D["sub", 0] = lambda g, z, x, y: g  #: sub x
D["sub", 1] = lambda g, z, x, y: -g  #: sub y

F["mul"] = lambda x, y: x * y  #: mul value
D["mul", 0] = lambda g, z, x, y: g * y  #: mul x
D["mul", 1] = lambda g, z, x, y: g * x  #: mul y

F["div"] = lambda x, y: x / y  #: div value
D["div", 0] = lambda g, z, x, y: g / y  #: div x
D["div", 1] = lambda g, z, x, y: -g * z / y  #: div y

F["pow"] = lambda x, y: x**y  #: pow value
D["pow", 0] = lambda g, z, x, y: g * np.where(y == 0, 0.0, y * x ** (y - 1))  #: pow x
D["pow", 1] = lambda g, z, x, y: g * np.where((x == 0) & (y >= 0), 0.0, z * np.log(x))  #: pow y

F["neg"] = lambda x: -x  #: neg value
D["neg", 0] = lambda g, z, x: -g  #: neg x

F["matmul"] = lambda x, y: np.matmul(x, y)  #: matmul value
D["matmul", 0] = lambda g, z, x, y: like(x, flat(g, x, y) @ T(col(y)), -2)  #: matmul x
D["matmul", 1] = lambda g, z, x, y: like(y, T(row(x)) @ flat(g, x, y), -1)  #: matmul y

F["outer"] = lambda x, y: np.outer(x, y)  #: outer value
D["outer", 0] = lambda g, z, x, y: g @ y  #: outer x
D["outer", 1] = lambda g, z, x, y: x @ g  #: outer y

# ---- one number at a time

F["exp"] = lambda x: np.exp(x)  #: exp value
D["exp", 0] = lambda g, z, x: g * z  #: exp x

F["expm1"] = lambda x: np.expm1(x)  #: expm1 value
D["expm1", 0] = lambda g, z, x: g * np.exp(x)  #: expm1 x

F["log"] = lambda x: np.log(x)  #: log value
D["log", 0] = lambda g, z, x: g / x  #: log x

F["log1p"] = lambda x: np.log1p(x)  #: log1p value
D["log1p", 0] = lambda g, z, x: g / (1 + x)  #: log1p x

F["sqrt"] = lambda x: np.sqrt(x)  #: sqrt value
D["sqrt", 0] = lambda g, z, x: g / (z + z)  #: sqrt x

F["square"] = lambda x: x * x  #: square value
D["square", 0] = lambda g, z, x: 2 * g * x  #: square x

F["reciprocal"] = lambda x: 1 / x  #: reciprocal value
D["reciprocal", 0] = lambda g, z, x: -g * z * z  #: reciprocal x

F["abs"] = lambda x: np.abs(x)  #: abs value
D["abs", 0] = lambda g, z, x: np.where(x > 0, g, np.where(x < 0, -g, 0.0))  #: abs x

F["sin"] = lambda x: np.sin(x)  #: sin value
D["sin", 0] = lambda g, z, x: g * np.cos(x)  #: sin x

F["cos"] = lambda x: np.cos(x)  #: cos value
D["cos", 0] = lambda g, z, x: g * -np.sin(x)  #: cos x

F["tanh"] = lambda x: np.tanh(x)  #: tanh value
D["tanh", 0] = lambda g, z, x: g - g * z * z  #: tanh x

F["sigmoid"] = lambda x: logistic(x)  #: sigmoid value
D["sigmoid", 0] = lambda g, z, x: g * (z - z * z)  #: sigmoid x

F["silu"] = lambda x: x * logistic(x)  #: silu value
D["silu", 0] = lambda g, z, x: g * logistic(x) * (1 + x - z)  #: silu x

F["softplus"] = lambda x: np.logaddexp(0, x)  #: softplus value
D["softplus", 0] = lambda g, z, x: g * logistic(x)  #: softplus x

F["relu"] = lambda x: np.where(x < 0, 0.0, x)  #: relu value
D["relu", 0] = lambda g, z, x: g * (x > 0)  #: relu x

F["leaky_relu"] = lambda x, slope: np.where(x < 0, slope * x, x)  #: leaky_relu value
D["leaky_relu", 0] = lambda g, z, x, slope: g * np.where(x > 0, 1, slope)  #: leaky_relu x

F["clamp"] = lambda x, min, max: np.clip(x, min, max)  #: clamp value
D["clamp", 0] = lambda g, z, x, min, max: np.where(x == z, g, 0.0)  #: clamp x

F["maximum"] = lambda x, y: np.maximum(x, y)  #: maximum value
D["maximum", 0] = lambda g, z, x, y: g * ((x > y) + 0.5 * (x == y))  #: maximum x
D["maximum", 1] = lambda g, z, x, y: g * ((y > x) + 0.5 * (x == y))  #: maximum y

F["minimum"] = lambda x, y: np.minimum(x, y)  #: minimum value
D["minimum", 0] = lambda g, z, x, y: g * ((x < y) + 0.5 * (x == y))  #: minimum x
D["minimum", 1] = lambda g, z, x, y: g * ((y < x) + 0.5 * (x == y))  #: minimum y

F["where"] = lambda x, y, cond: np.where(cond, x, y)  #: where value
D["where", 0] = lambda g, z, x, y, cond: np.where(cond, g, 0.0)  #: where x
D["where", 1] = lambda g, z, x, y, cond: np.where(cond, 0.0, g)  #: where y

# ---- many numbers to one

F["sum"] = lambda x, **o: np.sum(x, **o)  #: sum value
D["sum", 0] = lambda g, z, x, **o: up(g, x, **o) * ones(x)  #: sum x

F["mean"] = lambda x, **o: np.mean(x, **o)  #: mean value
D["mean", 0] = lambda g, z, x, **o: up(g / n(x, z), x, **o) * ones(x)  #: mean x

F["var"] = lambda x, k, **o: np.var(x, ddof=k, **o)  #: var value
D["var", 0] = lambda g, z, x, k, **o: up(g * 2 / (n(x, z) - k), x, **o) * spread(x, **o)  #: var x

F["max"] = lambda x, **o: np.max(x, **o)  #: max value
D["max", 0] = lambda g, z, x, **o: up(g, x, **o) * ties(x, z, **o)  #: max x

F["min"] = lambda x, **o: np.min(x, **o)  #: min value
D["min", 0] = lambda g, z, x, **o: up(g, x, **o) * ties(x, z, **o)  #: min x

F["logsumexp"] = lambda x, **o: lse(x, **o)  #: logsumexp value
D["logsumexp", 0] = lambda g, z, x, **o: up(g, x, **o) * np.exp(x - up(z, x, **o))  #: logsumexp x

F["cumsum"] = lambda x, axis: np.cumsum(x, axis)  #: cumsum value
D["cumsum", 0] = lambda g, z, x, axis: backwards(np.cumsum, g, axis)  #: cumsum x

F["softmax"] = lambda x, axis: np.exp(x - lse(x, axis))  #: softmax value
D["softmax", 0] = lambda g, z, x, axis: z * (g - total(z * g, axis))  #: softmax x

F["log_softmax"] = lambda x, axis: x - lse(x, axis)  #: log_softmax value
D["log_softmax", 0] = lambda g, z, x, axis: g - np.exp(z) * total(g, axis)  #: log_softmax x

F["mse_loss"] = lambda x, y: np.mean((x - y) ** 2)  #: mse_loss value
D["mse_loss", 0] = lambda g, z, x, y: g * 2 * (x - y) / x.size  #: mse_loss x
D["mse_loss", 1] = lambda g, z, x, y: g * 2 * (y - x) / x.size  #: mse_loss y

# ---- the same numbers elsewhere

F["reshape"] = lambda x, shape: np.reshape(x, shape)  #: reshape value
D["reshape", 0] = lambda g, z, x, shape: np.reshape(g, x.shape)  #: reshape x

F["swapaxes"] = lambda x, a, b: np.swapaxes(x, a, b)  #: transpose value
D["swapaxes", 0] = lambda g, z, x, a, b: np.swapaxes(g, a, b)  #: transpose x

F["permute"] = lambda x, axes: np.transpose(x, axes)  #: permute value
D["permute", 0] = lambda g, z, x, axes: np.transpose(g, inverse(axes))  #: permute x

F["unsqueeze"] = lambda x, axis: np.expand_dims(x, axis)  #: unsqueeze value
D["unsqueeze", 0] = lambda g, z, x, axis: np.squeeze(g, axis)  #: unsqueeze x

F["squeeze"] = lambda x, axis: np.squeeze(x, axis)  #: squeeze value
D["squeeze", 0] = lambda g, z, x, axis: np.expand_dims(g, axis)  #: squeeze x

F["flip"] = lambda x, axis: np.flip(x, axis)  #: flip value
D["flip", 0] = lambda g, z, x, axis: np.flip(g, axis)  #: flip x

F["broadcast_to"] = lambda x, shape: np.broadcast_to(x, shape)  #: broadcast_to value
D["broadcast_to", 0] = lambda g, z, x, shape: g  #: broadcast_to x

F["index"] = lambda x, at: x[at]  #: index value
D["index", 0] = lambda g, z, x, at: scatter(g, x, at)  #: index x

F["concat"] = lambda *xs, axis: np.concatenate(xs, axis)  #: concat value
D["concat", "each"] = lambda k, g, z, *xs, axis: pieces(g, xs, axis)[k]  #: concat x

F["stack"] = lambda *xs, axis: np.stack(xs, axis)  #: stack value
D["stack", "each"] = lambda k, g, z, *xs, axis: np.take(g, k, axis)  #: stack x


# ---- the machine


def call(op, *xs, **o):
    xs = [x if isinstance(x, Expr) else Expr(x) for x in xs]
    with np.errstate(all="ignore"):
        return Expr(F[op](*(x.v for x in xs), **o), op, xs, o)


def slope(op, k):
    if (op, k) in D:
        return D[op, k]
    return lambda *a, **o: D[op, "each"](k, *a, **o)


def upwards(e):
    """e and all below it, each before its operands"""
    uses, todo = {e: 0}, [e]
    while todo:
        for x in todo.pop().xs:
            if x not in uses:
                todo.append(x)
            uses[x] = uses.get(x, 0) + 1
    ready = [e]
    while ready:
        e = ready.pop()
        yield e
        for x in e.xs:
            uses[x] -= 1
            if uses[x] == 0:  #: engine order
                ready.append(x)


def grad(e, seed=1.0):
    """a dictionary from expressions to the gradients of e"""
    d = {e: np.broadcast_to(seed, e.v.shape)}  #: engine seed
    with np.errstate(all="ignore"):
        for z in upwards(e):
            for k, x in enumerate(z.xs):
                t = slope(z.op, k)(d[z], z.v, *(y.v for y in z.xs), **z.options)
                t = fit(t, x.v.shape)  #: engine unbroadcast
                d = d | {x: d[x] + t if x in d else t}  #: engine accumulate
    return d


class Expr:
    __slots__ = ("op", "options", "v", "xs")
    __array_ufunc__ = None

    def __init__(self, v, op=None, xs=(), options=None):
        self.v, self.op, self.xs, self.options = np.array(v, float), op, xs, options or {}

    def grad(self, seed=1.0):
        return grad(self, seed)

    __add__ = lambda x, y: call("add", x, y)
    __radd__ = lambda x, y: call("add", y, x)
    __sub__ = lambda x, y: call("sub", x, y)
    __rsub__ = lambda x, y: call("sub", y, x)
    __mul__ = lambda x, y: call("mul", x, y)
    __rmul__ = lambda x, y: call("mul", y, x)
    __truediv__ = lambda x, y: call("div", x, y)
    __rtruediv__ = lambda x, y: call("div", y, x)
    __pow__ = lambda x, y: call("pow", x, y)
    __rpow__ = lambda x, y: call("pow", y, x)
    __matmul__ = lambda x, y: call("matmul", x, y)
    __rmatmul__ = lambda x, y: call("matmul", y, x)
    __neg__ = lambda x: call("neg", x)
    __abs__ = lambda x: call("abs", x)
    __getitem__ = lambda x, at: call("index", x, at=at)
    __gt__ = lambda x, y: x.v > num(y)
    __ge__ = lambda x, y: x.v >= num(y)
    __lt__ = lambda x, y: x.v < num(y)
    __le__ = lambda x, y: x.v <= num(y)


num = lambda x: x.v if isinstance(x, Expr) else np.asarray(x)

# ---- what users call

exp = lambda x: call("exp", x)
expm1 = lambda x: call("expm1", x)
log = lambda x: call("log", x)
log1p = lambda x: call("log1p", x)
sqrt = lambda x: call("sqrt", x)
square = lambda x: call("square", x)
reciprocal = lambda x: call("reciprocal", x)
sin = lambda x: call("sin", x)
cos = lambda x: call("cos", x)
tanh = lambda x: call("tanh", x)
sigmoid = lambda x: call("sigmoid", x)
silu = lambda x: call("silu", x)
softplus = lambda x: call("softplus", x)
relu = lambda x: call("relu", x)
leaky_relu = lambda x, slope=0.01: call("leaky_relu", x, slope=slope)
clamp = lambda x, min=None, max=None: call("clamp", x, min=min, max=max)
maximum = lambda x, y: call("maximum", x, y)
minimum = lambda x, y: call("minimum", x, y)
where = lambda cond, x, y: call("where", x, y, cond=num(cond).astype(bool))
sum = lambda x, axis=None, keepdims=False: call("sum", x, axis=axis, keepdims=keepdims)
mean = lambda x, axis=None, keepdims=False: call("mean", x, axis=axis, keepdims=keepdims)
var = lambda x, axis=None, keepdims=False, ddof=1: call(
    "var", x, k=ddof, axis=axis, keepdims=keepdims
)
max = lambda x, axis=None, keepdims=False: call("max", x, axis=axis, keepdims=keepdims)
min = lambda x, axis=None, keepdims=False: call("min", x, axis=axis, keepdims=keepdims)
logsumexp = lambda x, axis=None, keepdims=False: call("logsumexp", x, axis=axis, keepdims=keepdims)
cumsum = lambda x, axis: call("cumsum", x, axis=axis)
softmax = lambda x, axis=-1: call("softmax", x, axis=axis)
log_softmax = lambda x, axis=-1: call("log_softmax", x, axis=axis)
mse_loss = lambda x, y: call("mse_loss", x, y)
outer = lambda x, y: call("outer", x, y)
reshape = lambda x, shape: call("reshape", x, shape=shape)
swapaxes = lambda x, a, b: call("swapaxes", x, a=a, b=b)
permute = lambda x, axes: call("permute", x, axes=axes)
unsqueeze = lambda x, axis: call("unsqueeze", x, axis=axis)
squeeze = lambda x, axis: call("squeeze", x, axis=axis)
flip = lambda x, axis: call("flip", x, axis=axis)
broadcast_to = lambda x, shape: call("broadcast_to", x, shape=shape)
concat = lambda xs, axis=0: call("concat", *xs, axis=axis)
stack = lambda xs, axis=0: call("stack", *xs, axis=axis)
