# shape: fn = compile_grad(f, n_inputs); fn(*arrays) -> (value, [gradients]); f is traced once with symbols; python source for forward+backward is generated; matrix products of 2-d arrays only
# mistake: none
import numpy as np


class Sym:
    __array_ufunc__ = None

    def __init__(self, tracer, name):
        self.t, self.name = tracer, name

    def __add__(self, o): return self.t.line("add", self, o)
    def __radd__(self, o): return self.t.line("add", o, self)
    def __sub__(self, o): return self.t.line("sub", self, o)
    def __rsub__(self, o): return self.t.line("sub", o, self)
    def __mul__(self, o): return self.t.line("mul", self, o)
    def __rmul__(self, o): return self.t.line("mul", o, self)
    def __truediv__(self, o): return self.t.line("div", self, o)
    def __rtruediv__(self, o): return self.t.line("div", o, self)
    def __matmul__(self, o): return self.t.line("dot", self, o)
    def __neg__(self): return self.t.line("neg", self)
    def exp(self): return self.t.line("exp", self)
    def log(self): return self.t.line("log", self)
    def tanh(self): return self.t.line("tanh", self)
    def relu(self): return self.t.line("relu", self)
    def sum(self): return self.t.line("sum", self)
    @property
    def T(self): return self.t.line("tr", self)


TEMPLATES = {
    "add": ("{0} + {1}", "{g}", "{g}"),
    "sub": ("{0} - {1}", "{g}", "-{g}"),
    "mul": ("{0} * {1}", "{g} * {1}", "{g} * {0}"),
    "div": ("{0} / {1}", "{g} / {1}", "-{g} * {y} / {1}"),
    "dot": ("{0} @ {1}", "{g} @ {1}.T", "{0}.T @ {g}"),
    "neg": ("-{0}", "-{g}"),
    "exp": ("np.exp({0})", "{g} * {y}"),
    "log": ("np.log({0})", "{g} / {0}"),
    "tanh": ("np.tanh({0})", "{g} * (1 - {y} * {y})"),
    "relu": ("np.maximum({0}, 0)", "{g} * ({0} > 0)"),
    "sum": ("np.sum({0})", "{g} * np.ones_like({0})"),
    "tr": ("{0}.T", "{g}.T"),
}


class Tracer:
    def __init__(self):
        self.fwd, self.bwd, self.consts, self.count = [], [], {}, 0

    def ref(self, x):
        if isinstance(x, Sym):
            return x.name
        k = "c%d" % len(self.consts)
        self.consts[k] = np.asarray(x, dtype=float)
        return k

    def line(self, kind, *args):
        names = [self.ref(a) for a in args]
        y = "s%d" % self.count
        self.count += 1
        tpl = TEMPLATES[kind]
        self.fwd.append("%s = %s" % (y, tpl[0].format(*names)))
        back = []
        for n, rule in zip(names, tpl[1:]):
            if n[0] != "c":
                back.append("acc(G, %r, %s, %s)" % (n, n, rule.format(*names, g="G[%r]" % y, y=y)))
        if back:
            self.bwd.append("if %r in G:\n        %s" % (y, "\n        ".join(back)))
        return Sym(self, y)


def acc(G, name, like, g):
    g = np.asarray(g)
    shape = np.shape(like)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] > 1:
            g = g.sum(axis=i, keepdims=True)
    G[name] = G[name] + g if name in G else g


def compile_grad(f, n_inputs):
    t = Tracer()
    ins = [Sym(t, "x%d" % i) for i in range(n_inputs)]
    out = f(*ins)
    body = ["def generated(%s):" % ", ".join(i.name for i in ins)]
    body += ["    " + l for l in t.fwd]
    body += ["    G = {%r: np.ones_like(%s)}" % (out.name, out.name)]
    body += ["    " + l for l in reversed(t.bwd)]
    body += ["    return %s, [G.get(n, 0.0) for n in %r]" % (out.name, [i.name for i in ins])]
    src = "\n".join(body)
    space = dict(t.consts, np=np, acc=acc)
    exec(compile(src, "<generated>", "exec"), space)
    space["generated"].source = src
    return space["generated"]
