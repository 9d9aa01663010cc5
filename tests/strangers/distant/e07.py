# shape: grad(f, argnum=0)(*args) -> gradient array; functions are this module's primitives (add, multiply, dot, tanh ...) or operators on the Box; nests for second derivatives; matrix products of 2-d arrays only
# mistake: none
import numpy as onp
from collections import defaultdict
from contextlib import contextmanager

_level = [0]
vjps = {}


class Node:
    def __init__(self, value, fn, args, kwargs, parents):
        self.recipe = (fn, value, args, kwargs)
        self.parents = parents

    @classmethod
    def root(cls):
        return cls(None, None, (), {}, [])


class Box:
    def __init__(self, value, level, node):
        self._value, self._level, self._node = value, level, node

    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return subtract(self, o)
    def __rsub__(self, o): return subtract(o, self)
    def __mul__(self, o): return multiply(self, o)
    def __rmul__(self, o): return multiply(o, self)
    def __truediv__(self, o): return divide(self, o)
    def __rtruediv__(self, o): return divide(o, self)
    def __pow__(self, o): return power(self, o)
    def __rpow__(self, o): return power(o, self)
    def __neg__(self): return negative(self)
    __array_priority__ = 1000.
    def __matmul__(self, o): return dot(self, o)
    def __rmatmul__(self, o): return dot(o, self)
    @property
    def shape(self): return onp.shape(unbox(self))
    __array_ufunc__ = None


def unbox(x):
    while isinstance(x, Box):
        x = x._value
    return x


def primitive(raw):
    def wrapped(*args, **kw):
        boxes = [(i, a) for i, a in enumerate(args) if isinstance(a, Box)]
        if not boxes:
            return raw(*args, **kw)
        top = max(b._level for _, b in boxes)
        mine = [(i, b) for i, b in boxes if b._level == top]
        plain = list(args)
        for i, b in mine:
            plain[i] = b._value
        ans = wrapped(*plain, **kw)
        return Box(ans, top, Node(ans, wrapped, tuple(plain), kw, [(i, b._node) for i, b in mine]))
    wrapped.__name__ = getattr(raw, "__name__", "prim")
    return wrapped


def defvjp(fn, *makers):
    vjps[fn] = makers


@contextmanager
def new_level():
    _level[0] += 1
    yield _level[0]
    _level[0] -= 1


def make_vjp(f, x):
    with new_level() as lv:
        root = Node.root()
        end = f(Box(x, lv, root))
        if not (isinstance(end, Box) and end._level == lv):
            return (lambda g: onp.zeros(onp.shape(unbox(x)))), end
        return (lambda g: backward_pass(g, end._node, root)), end._value


def toposort(end):
    counts, stack = defaultdict(int), [end]
    while stack:
        n = stack.pop()
        counts[n] += 1
        if counts[n] == 1:
            stack.extend(p for _, p in n.parents)
    ready = [end]
    while ready:
        n = ready.pop()
        yield n
        for _, p in n.parents:
            counts[p] -= 1
            if counts[p] == 0:
                ready.append(p)


def backward_pass(g, end, root):
    outgrads = {end: g}
    for n in toposort(end):
        out = outgrads.pop(n)
        if n is root:
            return out
        fn, value, args, kw = n.recipe
        for argnum, p in n.parents:
            pg = vjps[fn][argnum](out, value, *args, **kw)
            outgrads[p] = pg if p not in outgrads else add(outgrads[p], pg)
    return out


def grad(f, argnum=0):
    def df(*args):
        one = lambda a: f(*args[:argnum], a, *args[argnum + 1:])
        vjp, ans = make_vjp(one, args[argnum])
        return vjp(onp.ones(onp.shape(unbox(ans))))
    return df


add, subtract, multiply = map(primitive, (onp.add, onp.subtract, onp.multiply))
divide, power, negative = map(primitive, (onp.divide, onp.power, onp.negative))
exp, log, tanh, sin, cos = map(primitive, (onp.exp, onp.log, onp.tanh, onp.sin, onp.cos))
dot, transpose = primitive(onp.dot), primitive(onp.transpose)
reshape = primitive(onp.reshape)
broadcast_to = primitive(onp.broadcast_to)


@primitive
def sum(x, axis=None, keepdims=False):
    return onp.sum(x, axis=axis, keepdims=keepdims)


def unbroadcast(target, g):
    want, have = onp.shape(unbox(target)), onp.shape(unbox(g))
    while len(have) > len(want):
        g = sum(g, axis=0)
        have = onp.shape(unbox(g))
    for ax, n in enumerate(want):
        if n == 1 and have[ax] != 1:
            g = sum(g, axis=ax, keepdims=True)
    return g


def _sum_vjp(g, ans, x, axis=None, keepdims=False):
    shape = onp.shape(unbox(x))
    keep = onp.sum(onp.empty(shape), axis=axis, keepdims=True).shape
    return broadcast_to(reshape(g, keep), shape)


defvjp(add, lambda g, a, x, y: unbroadcast(x, g), lambda g, a, x, y: unbroadcast(y, g))
defvjp(subtract, lambda g, a, x, y: unbroadcast(x, g), lambda g, a, x, y: unbroadcast(y, negative(g)))
defvjp(multiply, lambda g, a, x, y: unbroadcast(x, multiply(g, y)), lambda g, a, x, y: unbroadcast(y, multiply(g, x)))
defvjp(divide, lambda g, a, x, y: unbroadcast(x, divide(g, y)),
       lambda g, a, x, y: unbroadcast(y, negative(divide(multiply(g, x), multiply(y, y)))))
defvjp(power, lambda g, a, x, y: unbroadcast(x, multiply(g, multiply(y, power(x, subtract(y, 1.))))),
       lambda g, a, x, y: unbroadcast(y, multiply(g, multiply(log(x), a))))
defvjp(negative, lambda g, a, x: negative(g))
defvjp(exp, lambda g, a, x: multiply(g, a))
defvjp(log, lambda g, a, x: divide(g, x))
defvjp(tanh, lambda g, a, x: multiply(g, subtract(1., multiply(a, a))))
defvjp(sin, lambda g, a, x: multiply(g, cos(x)))
defvjp(cos, lambda g, a, x: negative(multiply(g, sin(x))))
defvjp(dot, lambda g, a, x, y: dot(g, transpose(y)), lambda g, a, x, y: dot(transpose(x), g))
defvjp(transpose, lambda g, a, x: transpose(g))
defvjp(reshape, lambda g, a, x, s: reshape(g, onp.shape(unbox(x))))
defvjp(broadcast_to, lambda g, a, x, s: unbroadcast(x, g))
defvjp(sum, _sum_vjp)
