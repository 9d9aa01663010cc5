"""The operators of the class are filled in by a loop over Python's module operator."""
import math
import operator


class Real:
    def __init__(self, x, deps=()):
        self.x = x
        self.deps = deps
        self.dx = 0.0

    def __repr__(self):
        return f"Real({self.x:g}, dx={self.dx:g})"

    def backward(self, seed=1.0):
        nodes = []

        def collect(node):
            if node not in nodes:
                for dep, _ in node.deps:
                    collect(dep)
                nodes.append(node)

        collect(self)
        for node in nodes:
            node.dx = 0.0
        self.dx = seed
        for node in reversed(nodes):
            for dep, partial in node.deps:
                dep.dx += partial * node.dx


PARTIALS = {
    "add": (lambda a, b: 1.0, lambda a, b: 1.0),
    "sub": (lambda a, b: 1.0, lambda a, b: -1.0),
    "mul": (lambda a, b: b, lambda a, b: a),
    "truediv": (lambda a, b: 1 / b, lambda a, b: -a / b / b),
    "pow": (lambda a, b: b * a ** (b - 1), lambda a, b: a ** b * math.log(a) if a > 0 else 0.0),
    "neg": (lambda a: -1.0,),
}
UNARY = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda a: 1 / a),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, math.sin),
    "tanh": (math.tanh, lambda a: 1 - math.tanh(a) ** 2),
    "sqrt": (math.sqrt, lambda a: 0.5 / math.sqrt(a)),
}


def _lift(v):
    return v if isinstance(v, Real) else Real(v)


def _install(name, partials):
    f = getattr(operator, name)

    def method(*args):
        args = [_lift(a) for a in args]
        raw = [a.x for a in args]
        return Real(f(*raw), tuple((a, p(*raw)) for a, p in zip(args, partials)))

    setattr(Real, f"__{name}__", method)
    if len(partials) == 2:
        setattr(Real, f"__r{name}__", lambda self, other: method(other, self))


for _name, _partials in PARTIALS.items():
    _install(_name, _partials)


def _function(f, derivative):
    def call(a):
        a = _lift(a)
        return Real(f(a.x), ((a, derivative(a.x)),))
    return call


globals().update({name: _function(*pair) for name, pair in UNARY.items()})
