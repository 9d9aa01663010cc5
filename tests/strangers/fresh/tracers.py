"""vjp of pure functions: a tracer records primitives, a linear program is run backwards. No class is public API."""
from contextlib import contextmanager

import numpy as np

_stack = []


class _Tracer:
    __array_priority__ = 1000
    __slots__ = "trace", "index", "value"

    def __init__(self, trace, index, value):
        self.trace, self.index, self.value = trace, index, value

    @property
    def shape(self):
        return np.shape(self.value)

    def __add__(self, o): return _bind("add", self, o)
    def __radd__(self, o): return _bind("add", o, self)
    def __sub__(self, o): return _bind("sub", self, o)
    def __rsub__(self, o): return _bind("sub", o, self)
    def __mul__(self, o): return _bind("mul", self, o)
    def __rmul__(self, o): return _bind("mul", o, self)
    def __truediv__(self, o): return _bind("div", self, o)
    def __rtruediv__(self, o): return _bind("div", o, self)
    def __neg__(self): return _bind("neg", self)
    def __pow__(self, n): return _bind("pow", self, n)


class _Trace:
    def __init__(self):
        self.equations = []
        self.count = 0

    def new(self, value):
        self.count += 1
        return _Tracer(self, self.count - 1, value)


_impl, _transpose = {}, {}


def _primitive(name, impl):
    _impl[name] = impl

    def register(rule):
        _transpose[name] = rule
        return rule

    return register


def _value(x):
    return x.value if isinstance(x, _Tracer) else x


def _bind(name, *args):
    out = _impl[name](*map(_value, args))
    traces = [a.trace for a in args if isinstance(a, _Tracer)]
    if not traces:
        return out
    tracer = traces[0].new(out)
    traces[0].equations.append((name, args, tracer))
    return tracer


def _sum_like(g, like):
    g = np.asarray(g)
    while g.ndim > np.ndim(like):
        g = g.sum(0)
    for i, n in enumerate(np.shape(like)):
        if n == 1:
            g = g.sum(i, keepdims=True)
    return g


_primitive("add", np.add)(lambda g, y, a, b: (g, g))
_primitive("sub", np.subtract)(lambda g, y, a, b: (g, -g))
_primitive("mul", np.multiply)(lambda g, y, a, b: (g * b, g * a))
_primitive("div", np.divide)(lambda g, y, a, b: (g / b, -g * y / b))
_primitive("neg", np.negative)(lambda g, y, a: (-g,))
_primitive("pow", np.power)(lambda g, y, a, b: (g * b * a ** (b - 1.0), g * y * np.log(np.where(a > 0, a, 1.0))))
_primitive("sin", np.sin)(lambda g, y, a: (g * np.cos(a),))
_primitive("cos", np.cos)(lambda g, y, a: (-g * np.sin(a),))
_primitive("exp", np.exp)(lambda g, y, a: (g * y,))
_primitive("log", np.log)(lambda g, y, a: (g / a,))
_primitive("tanh", np.tanh)(lambda g, y, a: (g * (1 - y * y),))


def sin(x): return _bind("sin", x)
def cos(x): return _bind("cos", x)
def exp(x): return _bind("exp", x)
def log(x): return _bind("log", x)
def tanh(x): return _bind("tanh", x)


@contextmanager
def _tracing():
    trace = _Trace()
    _stack.append(trace)
    try:
        yield trace
    finally:
        _stack.pop()


def vjp(f, *primals):
    """Returns f(*primals), and a function from a cotangent to a tuple of cotangents."""
    with _tracing() as trace:
        inputs = [trace.new(np.asarray(p, dtype=float)) for p in primals]
        out = f(*inputs)

    def pull(ct):
        cts = {}
        if isinstance(out, _Tracer):
            cts[out.index] = np.asarray(ct, dtype=float)
        for name, args, result in reversed(trace.equations):
            if result.index not in cts:
                continue
            parts = _transpose[name](cts[result.index], result.value, *map(_value, args))
            for a, part in zip(args, parts):
                if isinstance(a, _Tracer):
                    cts[a.index] = cts.get(a.index, 0.0) + _sum_like(part, a.value)
        return tuple(cts.get(i.index, np.zeros_like(i.value)) for i in inputs)

    return _value(out), pull
