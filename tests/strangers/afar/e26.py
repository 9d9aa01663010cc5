# shape: class Mat(a); .T property, permute, einsum("ij,jk->ik", A, B); call y.grad_of(*xs) which returns a list of ndarrays; value .a
# mistake: permute | backward | x | the gradient is transposed by the same axes instead of by the inverse permutation
import numpy as np


class Mat:
    def __init__(self, a, back=None, ups=()):
        self.a = np.asarray(a, dtype=np.float64)
        self.back = back
        self.ups = ups

    def __add__(self, o):
        assert self.a.shape == o.a.shape
        return Mat(self.a + o.a, lambda g: (g, g), (self, o))

    def __sub__(self, o):
        assert self.a.shape == o.a.shape
        return Mat(self.a - o.a, lambda g: (g, -g), (self, o))

    def __mul__(self, o):
        if isinstance(o, (int, float)):
            return Mat(self.a * o, lambda g: (g * o,), (self,))
        assert self.a.shape == o.a.shape
        return Mat(self.a * o.a, lambda g: (g * o.a, g * self.a), (self, o))

    def __matmul__(self, o):
        return einsum("ij,jk->ik", self, o)

    @property
    def T(self):
        return Mat(self.a.T, lambda g: (g.T,), (self,))

    def permute(self, *axes):
        return Mat(self.a.transpose(axes), lambda g: (g.transpose(axes),), (self,))

    def reshape(self, *shape):
        return Mat(self.a.reshape(shape), lambda g: (g.reshape(self.a.shape),), (self,))

    def total(self):
        return Mat(self.a.sum(), lambda g: (np.full(self.a.shape, g),), (self,))

    def trace(self):
        return Mat(np.trace(self.a), lambda g: (g * np.eye(*self.a.shape),), (self,))

    def inv(self):
        v = np.linalg.inv(self.a)
        return Mat(v, lambda g: (-v.T @ g @ v.T,), (self,))

    def logdet(self):
        return Mat(np.linalg.slogdet(self.a)[1], lambda g: (g * np.linalg.inv(self.a).T,), (self,))

    def grad_of(self, *xs):
        order, seen = [], set()

        def go(m):
            if id(m) not in seen:
                seen.add(id(m))
                [go(u) for u in m.ups]
                order.append(m)
        go(self)
        G = {id(self): np.ones_like(self.a)}
        for m in reversed(order):
            if m.back is None or id(m) not in G:
                continue
            for u, g in zip(m.ups, m.back(G[id(m)])):
                G[id(u)] = G.get(id(u), 0) + g
        return [G.get(id(x), np.zeros_like(x.a)) for x in xs]


def einsum(spec, *ms):
    """no repeated letters inside one operand, no ellipsis"""
    ins, out = spec.split("->")
    ins = ins.split(",")
    dims = {}
    for s, m in zip(ins, ms):
        assert len(set(s)) == len(s) == m.a.ndim
        dims.update(zip(s, m.a.shape))

    def back(g):
        res = []
        for k, s in enumerate(ins):
            others = [ins[j] for j in range(len(ins)) if j != k]
            arrs = [ms[j].a for j in range(len(ins)) if j != k]
            have = set(out).union(*others) if others else set(out)
            keep = "".join(c for c in s if c in have)
            r = np.einsum(",".join([out] + others) + "->" + keep, g, *arrs)
            if keep != s:     # letters summed away alone: spread the gradient out
                shape = [dims[c] if c in keep else 1 for c in s]
                r = np.broadcast_to(r.reshape(shape), [dims[c] for c in s])
            res.append(r)
        return tuple(res)
    return Mat(np.einsum(spec, *[m.a for m in ms]), back, ms)
