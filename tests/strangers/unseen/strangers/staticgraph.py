"""
Define-then-run, like the TensorFlow of the old days.

    x = placeholder("x")
    y = x * x + x
    dy, = gradients(y, [x])
    with Session() as s:
        s.run([y, dy], feed_dict={x: 3.0})

Gradients are graph nodes as well, so gradients of gradients work.
"""
import numpy as np


class Tensor:
    def __init__(self, op, inputs=(), name=None, **attr):
        self.op, self.inputs, self.name, self.attr = op, list(inputs), name, attr

    def __add__(self, o): return Tensor("Add", [self, const(o)])
    def __radd__(self, o): return Tensor("Add", [const(o), self])
    def __sub__(self, o): return Tensor("Sub", [self, const(o)])
    def __rsub__(self, o): return Tensor("Sub", [const(o), self])
    def __mul__(self, o): return Tensor("Mul", [self, const(o)])
    def __rmul__(self, o): return Tensor("Mul", [const(o), self])
    def __truediv__(self, o): return Tensor("Div", [self, const(o)])
    def __rtruediv__(self, o): return Tensor("Div", [const(o), self])
    def __neg__(self): return Tensor("Neg", [self])
    def __repr__(self): return f"<Tensor {self.name or self.op}>"


def placeholder(name=None): return Tensor("Placeholder", name=name)
def variable(init, name=None): return Tensor("Variable", name=name, value=np.asarray(init, float))
def const(v): return v if isinstance(v, Tensor) else Tensor("Const", value=np.asarray(v, float))
def matmul(a, b): return Tensor("MatMul", [a, b])
def transpose(a): return Tensor("Transpose", [a])
def exp(a): return Tensor("Exp", [a])
def log(a): return Tensor("Log", [a])
def tanh(a): return Tensor("Tanh", [a])
def sin(a): return Tensor("Sin", [a])
def cos(a): return Tensor("Cos", [a])
def relu(a): return Tensor("Relu", [a])
def square(a): return a * a
def sigmoid(a): return 1.0 / (1.0 + exp(-a))
def reduce_sum(a, axis=None): return Tensor("Sum", [a], axis=axis)
def reduce_mean(a): return reduce_sum(a) / Tensor("Size", [a])


def _unbroadcast(v, like):
    while v.ndim > like.ndim:
        v = v.sum(0)
    for i, s in enumerate(like.shape):
        if s == 1:
            v = v.sum(i, keepdims=True)
    return v


def _expand(g, like, axis):
    return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), like.shape)


KERNELS = {
    "Add": lambda n, a, b: a + b,
    "Sub": lambda n, a, b: a - b,
    "Mul": lambda n, a, b: a * b,
    "Div": lambda n, a, b: a / b,
    "Neg": lambda n, a: -a,
    "MatMul": lambda n, a, b: a @ b,
    "Transpose": lambda n, a: a.T,
    "Exp": lambda n, a: np.exp(a),
    "Log": lambda n, a: np.log(a),
    "Tanh": lambda n, a: np.tanh(a),
    "Sin": lambda n, a: np.sin(a),
    "Cos": lambda n, a: np.cos(a),
    "Relu": lambda n, a: np.maximum(a, 0),
    "Step": lambda n, a: (a > 0) * 1.0,
    "Sum": lambda n, a: np.sum(a, axis=n.attr["axis"]),
    "Size": lambda n, a: np.asarray(float(a.size)),
    "OnesLike": lambda n, a: np.ones_like(a),
    "SumLike": lambda n, g, like: _unbroadcast(g, like),
    "ExpandLike": lambda n, g, like: _expand(g, like, n.attr["axis"]),
}


def _like(g, x): return Tensor("SumLike", [g, x])


GRADS = {
    "Add": lambda n, g: [_like(g, n.inputs[0]), _like(g, n.inputs[1])],
    "Sub": lambda n, g: [_like(g, n.inputs[0]), _like(-g, n.inputs[1])],
    "Mul": lambda n, g: [_like(g * n.inputs[1], n.inputs[0]), _like(g * n.inputs[0], n.inputs[1])],
    "Div": lambda n, g: [_like(g / n.inputs[1], n.inputs[0]),
                         _like(-g * n / n.inputs[1], n.inputs[1])],
    "Neg": lambda n, g: [-g],
    "MatMul": lambda n, g: [matmul(g, transpose(n.inputs[1])), matmul(transpose(n.inputs[0]), g)],
    "Transpose": lambda n, g: [transpose(g)],
    "Exp": lambda n, g: [g * n],
    "Log": lambda n, g: [g / n.inputs[0]],
    "Tanh": lambda n, g: [g * (1.0 - n * n)],
    "Sin": lambda n, g: [g * cos(n.inputs[0])],
    "Cos": lambda n, g: [-g * sin(n.inputs[0])],
    "Relu": lambda n, g: [g * Tensor("Step", [n.inputs[0]])],
    "Sum": lambda n, g: [Tensor("ExpandLike", [g, n.inputs[0]], axis=n.attr["axis"])],
    "ExpandLike": lambda n, g: [reduce_sum(g, n.attr["axis"]), None],
    "SumLike": lambda n, g: [g * Tensor("OnesLike", [n.inputs[0]]), None],
    "Step": lambda n, g: [None], "Size": lambda n, g: [None], "OnesLike": lambda n, g: [None],
}


def _order(root):
    out, seen = [], set()
    def go(n):
        if n in seen:
            return
        seen.add(n)
        for i in n.inputs:
            go(i)
        out.append(n)
    go(root)
    return out


def gradients(y, xs):
    acc = {y: Tensor("OnesLike", [y])}
    for n in reversed(_order(y)):
        if n not in acc or n.op not in GRADS:
            continue
        for i, g in zip(n.inputs, GRADS[n.op](n, acc[n])):
            if g is not None:
                acc[i] = acc[i] + g if i in acc else g
    return [acc.get(x, const(0.0)) for x in xs]


class Session:
    def __enter__(self): return self
    def __exit__(self, *a): pass

    def run(self, fetches, feed_dict=None):
        many = isinstance(fetches, (list, tuple))
        vals = {k: np.asarray(v, float) for k, v in (feed_dict or {}).items()}
        def ev(t):
            for n in _order(t):
                if n in vals:
                    continue
                if n.op in ("Const", "Variable"):
                    vals[n] = n.attr["value"]
                elif n.op == "Placeholder":
                    raise KeyError(f"feed me: {n}")
                else:
                    vals[n] = KERNELS[n.op](n, *[vals[i] for i in n.inputs])
            return vals[t]
        return [ev(f) for f in fetches] if many else ev(fetches)


def assign(var, value): var.attr["value"] = np.asarray(value, float)
