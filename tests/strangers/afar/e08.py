# shape: grad(f, argnum=0) gives a function of plain arrays returning the gradient ndarray (f must return a scalar); ops are np-like functions here (add, multiply, exp, ...) and operators on Box; value inside box._v
# mistake: none
import numpy as _np
from functools import wraps


class Box:
    __slots__ = ("_v", "_recipe")
    __array_ufunc__ = None

    def __init__(self, v, recipe):
        self._v = v
        self._recipe = recipe  # list of (parent box, vjp)

    @property
    def shape(self): return _np.shape(self._v)
    def __add__(s, o): return add(s, o)
    def __radd__(s, o): return add(o, s)
    def __sub__(s, o): return subtract(s, o)
    def __rsub__(s, o): return subtract(o, s)
    def __mul__(s, o): return multiply(s, o)
    def __rmul__(s, o): return multiply(o, s)
    def __truediv__(s, o): return divide(s, o)
    def __rtruediv__(s, o): return divide(o, s)
    def __pow__(s, o): return power(s, o)
    def __rpow__(s, o): return power(o, s)
    def __neg__(s): return negative(s)
    def __matmul__(s, o): return dot(s, o)
    def __rmatmul__(s, o): return dot(o, s)
    def __getitem__(s, k): return take(s, k)


vjps = {}


def primitive(raw):
    @wraps(raw)
    def f(*args, **kw):
        vals = [a._v if isinstance(a, Box) else a for a in args]
        ans = raw(*vals, **kw)
        recipe = [(a, i) for i, a in enumerate(args) if isinstance(a, Box)]
        if not recipe:
            return ans
        makers = vjps[f]
        return Box(ans, [(a, makers[i](ans, *vals, **kw)) for a, i in recipe])
    return f


def defvjp(f, *makers):
    vjps[f] = makers


def unb(x, g):
    tgt = _np.shape(x)
    g = _np.asarray(g)
    while _np.ndim(g) > len(tgt):
        g = g.sum(axis=0)
    for ax, n in enumerate(tgt):
        if n == 1:
            g = g.sum(axis=ax, keepdims=True)
    return g


add = primitive(_np.add)
subtract = primitive(_np.subtract)
multiply = primitive(_np.multiply)
divide = primitive(_np.true_divide)
power = primitive(_np.power)
negative = primitive(_np.negative)
exp = primitive(_np.exp)
log = primitive(_np.log)
sin = primitive(_np.sin)
cos = primitive(_np.cos)
tanh = primitive(_np.tanh)
dot = primitive(_np.matmul)
sum = primitive(_np.sum)
take = primitive(lambda x, k: x[k])

defvjp(add, lambda ans, x, y: lambda g: unb(x, g), lambda ans, x, y: lambda g: unb(y, g))
defvjp(subtract, lambda ans, x, y: lambda g: unb(x, g), lambda ans, x, y: lambda g: unb(y, -g))
defvjp(multiply, lambda ans, x, y: lambda g: unb(x, g * y), lambda ans, x, y: lambda g: unb(y, g * x))
defvjp(divide, lambda ans, x, y: lambda g: unb(x, g / y), lambda ans, x, y: lambda g: unb(y, -g * x / y ** 2))
defvjp(power,
       lambda ans, x, y: lambda g: unb(x, g * y * x ** (y - 1)),
       lambda ans, x, y: lambda g: unb(y, g * ans * _np.log(_np.where(x > 0, x, 1.0))))
defvjp(negative, lambda ans, x: lambda g: -g)
defvjp(exp, lambda ans, x: lambda g: g * ans)
defvjp(log, lambda ans, x: lambda g: g / x)
defvjp(sin, lambda ans, x: lambda g: g * _np.cos(x))
defvjp(cos, lambda ans, x: lambda g: -g * _np.sin(x))
defvjp(tanh, lambda ans, x: lambda g: g * (1 - ans ** 2))
defvjp(dot, lambda ans, x, y: lambda g: g @ y.T, lambda ans, x, y: lambda g: x.T @ g)


def _sum_vjp(ans, x, axis=None, keepdims=False):
    def back(g):
        if axis is not None and not keepdims:
            g = _np.expand_dims(g, axis)
        return _np.broadcast_to(g, _np.shape(x))
    return back


def _take_vjp(ans, x, k):
    def back(g):
        z = _np.zeros_like(x)
        _np.add.at(z, k, g)
        return z
    return back


defvjp(sum, _sum_vjp)
defvjp(take, _take_vjp)


def grad(f, argnum=0):
    def df(*args):
        args = list(args)
        start = Box(_np.asarray(args[argnum], dtype=float), [])
        args[argnum] = start
        end = f(*args)
        if not isinstance(end, Box):
            return _np.zeros_like(start._v)
        out = {id(end): _np.ones_like(end._v)}
        for b in _toposort(end):
            g = out.pop(id(b)) if b is not start else out[id(b)]
            for parent, vjp in b._recipe:
                gp = vjp(g)
                out[id(parent)] = out[id(parent)] + gp if id(parent) in out else gp
        return out.get(id(start), _np.zeros_like(start._v))
    return df


def _toposort(end):
    counts, stack = {}, [end]
    while stack:
        b = stack.pop()
        if id(b) in counts:
            counts[id(b)] += 1
        else:
            counts[id(b)] = 1
            stack.extend(p for p, _ in b._recipe)
    ready = [end]
    while ready:
        b = ready.pop()
        yield b
        for p, _ in b._recipe:
            if counts[id(p)] == 1:
                ready.append(p)
            else:
                counts[id(p)] -= 1
