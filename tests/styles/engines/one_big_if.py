"""One function computes every operation, one goes back through it; the loop undoes broadcasting."""

import numpy as np


def compute(op, args, kw):
    if op == "add":
        return args[0] + args[1]  #: add value
    if op == "sub":
        return args[0] - args[1]  #: sub value
    if op == "mul":
        return args[0] * args[1]  #: mul value
    if op == "div":
        return args[0] / args[1]  #: div value
    if op == "neg":
        return -args[0]  #: neg value
    if op == "matmul":
        if args[0].ndim != 2 or args[1].ndim != 2:
            raise NotImplementedError("only matrices are multiplied")
        return np.dot(args[0], args[1])  #: matmul value
    if op == "exp":
        return np.exp(args[0])  #: exp value
    if op == "log":
        return np.log(args[0])  #: log value
    if op == "log1p":
        return np.log1p(args[0])  #: log1p value
    if op == "sqrt":
        return np.sqrt(args[0])  #: sqrt value
    if op == "sin":
        return np.sin(args[0])  #: sin value
    if op == "cos":
        return np.cos(args[0])  #: cos value
    if op == "tanh":
        return np.tanh(args[0])  #: tanh value
    if op == "relu":
        return args[0] * (args[0] > 0)  #: relu value
    if op == "elu":
        return np.where(args[0] > 0, args[0], kw["alpha"] * np.expm1(args[0]))  #: elu value
    if op == "silu":
        return args[0] / (1 + np.exp(-args[0]))  #: silu value
    if op == "minimum":
        return np.where(args[0] < args[1], args[0], args[1])  #: minimum value
    if op == "sum":
        return np.sum(args[0], axis=kw["axis"], keepdims=kw["keepdims"])  #: sum value
    if op == "mean":
        return np.mean(args[0], axis=kw["axis"], keepdims=kw["keepdims"])  #: mean value
    if op == "prod":
        return np.prod(args[0], axis=kw["axis"], keepdims=kw["keepdims"])  #: prod value
    if op == "logsumexp":
        top = np.max(args[0], axis=kw["axis"], keepdims=True)
        total = np.sum(np.exp(args[0] - top), axis=kw["axis"], keepdims=True)  #: logsumexp value
        result = np.log(total) + top  #: logsumexp value
        return result if kw["keepdims"] else np.squeeze(result, kw["axis"])
    if op == "view":
        return args[0].reshape(kw["shape"])  #: reshape value
    if op == "swapaxes":
        return args[0].swapaxes(kw["a"], kw["b"])  #: transpose value
    if op == "flip":
        return np.flip(args[0], kw["axis"])  #: flip value
    if op == "cumsum":
        return np.cumsum(args[0], kw["axis"])  #: cumsum value
    if op == "log_softmax":
        shifted = args[0] - np.max(args[0], axis=kw["axis"], keepdims=True)  #: log_softmax value
        return shifted - np.log(
            np.sum(np.exp(shifted), axis=kw["axis"], keepdims=True)
        )  #: log_softmax value
    if op == "mse":
        return np.mean((args[0] - args[1]) ** 2)  #: mse_loss value
    raise NotImplementedError(op)


def put_back(array, x, kw):
    """Puts back the axes that a reduction has removed."""
    if kw["axis"] is None:
        return np.reshape(array, (1,) * x.ndim)
    return array if kw["keepdims"] else np.expand_dims(array, kw["axis"])


def differentiate(op, args, out, dout, kw):
    if op == "add":
        dx = dout  #: add x
        dy = dout  #: add y
        return dx, dy
    if op == "sub":
        dx = dout  #: sub x
        dy = -dout  #: sub y
        return dx, dy
    if op == "mul":
        dx = dout * args[1]  #: mul x
        dy = dout * args[0]  #: mul y
        return dx, dy
    if op == "div":
        dx = dout / args[1]  #: div x
        dy = -dout * args[0] / args[1] ** 2  #: div y
        return dx, dy
    if op == "matmul":
        dx = np.dot(dout, args[1].T)  #: matmul x
        dy = np.dot(args[0].T, dout)  #: matmul y
        return dx, dy
    if op == "minimum":
        half = 0.5 * (args[0] == args[1])
        dx = dout * ((args[0] < args[1]) + half)  #: minimum x
        dy = dout * ((args[0] > args[1]) + half)  #: minimum y
        return dx, dy
    if op == "mse":
        scale = 2.0 / max(args[0].size, 1)
        dx = dout * scale * (args[0] - args[1])  #: mse_loss x
        dy = dout * scale * (args[1] - args[0])  #: mse_loss y
        return dx, dy
    (x,) = args
    if op == "neg":
        dx = -dout  #: neg x
    elif op == "exp":
        dx = dout * out  #: exp x
    elif op == "log":
        dx = dout / x  #: log x
    elif op == "log1p":
        dx = dout / (1 + x)  #: log1p x
    elif op == "sqrt":
        dx = 0.5 * dout / out  #: sqrt x
    elif op == "sin":
        dx = dout * np.cos(x)  #: sin x
    elif op == "cos":
        dx = -dout * np.sin(x)  #: cos x
    elif op == "tanh":
        dx = dout * (1 - out * out)  #: tanh x
    elif op == "relu":
        dx = dout * (x > 0)  #: relu x
    elif op == "elu":
        dx = dout * np.where(x > 0, 1.0, kw["alpha"] * np.exp(np.minimum(x, 0)))  #: elu x
    elif op == "silu":
        s = 1 / (1 + np.exp(-x))
        dx = dout * s * (1 + x * (1 - s))  #: silu x
    elif op == "sum":
        dx = put_back(dout, x, kw) * np.ones(x.shape)  #: sum x
    elif op == "mean":
        n = x.size / max(out.size, 1)
        dx = put_back(dout, x, kw) * np.ones(x.shape) / n  #: mean x
    elif op == "prod":
        if np.any(x == 0):
            raise NotImplementedError("product of zeros")
        dx = put_back(dout * out, x, kw) / x  #: prod x
    elif op == "logsumexp":
        dx = put_back(dout, x, kw) * np.exp(x - put_back(out, x, kw))  #: logsumexp x
    elif op == "view":
        dx = dout.reshape(x.shape)  #: reshape x
    elif op == "swapaxes":
        dx = dout.swapaxes(kw["a"], kw["b"])  #: transpose x
    elif op == "flip":
        dx = np.flip(dout, kw["axis"])  #: flip x
    elif op == "cumsum":
        total = np.sum(dout, axis=kw["axis"], keepdims=True)
        dx = total - np.cumsum(dout, kw["axis"]) + dout  #: cumsum x
    elif op == "log_softmax":
        dx = dout - np.exp(out) * np.sum(dout, axis=kw["axis"], keepdims=True)  #: log_softmax x
    return (dx,)


class Variable:
    __array_priority__ = 50
    count = 0

    def __init__(self, array, op=None, inputs=(), kw=None):
        self.array = np.array(array, dtype=float)
        self.gradient = None
        self.op, self.inputs, self.kw = op, inputs, kw
        Variable.count += 1
        self.age = Variable.count

    def backward(self, seed=None):
        waiting, nodes = {self.age}, {self.age: self}
        self.gradient = (
            np.ones(self.array.shape) if seed is None else np.asarray(seed)
        )  #: engine seed
        fresh = {self.age}
        while waiting:
            age = max(waiting)  #: engine order
            waiting.remove(age)
            node = nodes[age]
            if node.op is None:
                continue
            values = [i.array for i in node.inputs]
            parts = differentiate(node.op, values, node.array, node.gradient, node.kw)
            for parent, part in zip(node.inputs, parts):
                part = shrink(part, parent.array.shape)
                if parent.age in fresh:
                    parent.gradient = parent.gradient + part  #: engine accumulate
                else:
                    parent.gradient = part  #: engine accumulate
                fresh.add(parent.age)
                waiting.add(parent.age)
                nodes[parent.age] = parent

    def __add__(self, other):
        return run("add", self, other)

    def __radd__(self, other):
        return run("add", other, self)

    def __sub__(self, other):
        return run("sub", self, other)

    def __rsub__(self, other):
        return run("sub", other, self)

    def __mul__(self, other):
        return run("mul", self, other)

    def __rmul__(self, other):
        return run("mul", other, self)

    def __truediv__(self, other):
        return run("div", self, other)

    def __rtruediv__(self, other):
        return run("div", other, self)

    def __matmul__(self, other):
        return run("matmul", self, other)

    def __neg__(self):
        return run("neg", self)


def shrink(part, shape):
    for _ in range(part.ndim - len(shape)):
        part = part.sum(0)  #: engine unbroadcast
    for i in range(len(shape)):
        if shape[i] == 1 and part.shape[i] > 1:
            part = part.sum(i, keepdims=True)  #: engine unbroadcast
    return part


def run(op, *inputs, **kw):
    inputs = [i if isinstance(i, Variable) else Variable(i) for i in inputs]
    return Variable(compute(op, [i.array for i in inputs], kw), op, inputs, kw)


def exp(x):
    return run("exp", x)


def log(x):
    return run("log", x)


def log1p(x):
    return run("log1p", x)


def sqrt(x):
    return run("sqrt", x)


def sin(x):
    return run("sin", x)


def cos(x):
    return run("cos", x)


def tanh(x):
    return run("tanh", x)


def relu(x):
    return run("relu", x)


def elu(x, alpha=1.0):
    return run("elu", x, alpha=alpha)


def silu(x):
    return run("silu", x)


def minimum(x, y):
    return run("minimum", x, y)


def sum(x, axis=None, keepdims=False):
    return run("sum", x, axis=axis, keepdims=keepdims)


def mean(x, axis=None, keepdims=False):
    return run("mean", x, axis=axis, keepdims=keepdims)


def prod(x, axis=None, keepdims=False):
    return run("prod", x, axis=axis, keepdims=keepdims)


def logsumexp(x, axis=None, keepdims=False):
    return run("logsumexp", x, axis=axis, keepdims=keepdims)


def view(x, shape):
    return run("view", x, shape=shape)


def swapaxes(x, a, b):
    return run("swapaxes", x, a=a, b=b)


def flip(x, axis):
    return run("flip", x, axis=axis)


def cumsum(x, axis):
    return run("cumsum", x, axis=axis)


def log_softmax(x, axis=-1):
    return run("log_softmax", x, axis=axis)


def mse_loss(x, y):
    return run("mse", x, y)
