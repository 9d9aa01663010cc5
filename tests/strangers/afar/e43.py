# shape: class t(array), one-letter names, operators + methods; call t.b(); value .a, gradient .g (+= over calls, z() to zero everything reachable)
# mistake: none
# golfed engine, 80 lines is plenty
import numpy as np
class t:
    def __init__(s, a, p=()): s.a = np.array(a, float); s.p = p; s.g = np.zeros_like(s.a)
    def w(s, o): return o if isinstance(o, t) else t(o)
    def __add__(s, o): o = s.w(o); return t(s.a + o.a, ((s, lambda g: g), (o, lambda g: g)))
    def __mul__(s, o): o = s.w(o); return t(s.a * o.a, ((s, lambda g: g * o.a), (o, lambda g: g * s.a)))
    def __pow__(s, n): return t(s.a ** n, ((s, lambda g: g * n * s.a ** (n - 1)),))
    def __matmul__(s, o): return t(s.a @ o.a, ((s, lambda g: g @ o.a.T), (o, lambda g: s.a.T @ g)))
    def __neg__(s): return s * -1
    def __sub__(s, o): return s + -s.w(o)
    def __truediv__(s, o): return s * s.w(o) ** -1
    def __radd__(s, o): return s.w(o) + s
    def __rmul__(s, o): return s.w(o) * s
    def __rsub__(s, o): return s.w(o) - s
    def __rtruediv__(s, o): return s.w(o) / s
    def e(s): y = np.exp(s.a); return t(y, ((s, lambda g: g * y),))
    def l(s): return t(np.log(s.a), ((s, lambda g: g / s.a),))
    def r(s): return t(np.maximum(s.a, 0), ((s, lambda g: g * (s.a > 0)),))
    def h(s): y = np.tanh(s.a); return t(y, ((s, lambda g: g * (1 - y * y)),))
    def s(s, x=None):
        return t(s.a.sum(x), ((s, lambda g: (g if x is None else np.expand_dims(g, x)) + np.zeros_like(s.a)),))
    def m(s, x=None):
        n = s.a.size if x is None else s.a.shape[x]
        return s.s(x) * (1 / n)
    def o(s):
        # order: children after users
        q, k = [], set()
        def f(n):
            if n not in k:
                k.add(n)
                for c, _ in n.p: f(c)
                q.append(n)
        f(s)
        return q[::-1]
    def b(s, g=1.0):
        d = {s: g * np.ones_like(s.a)}
        for n in s.o():
            n.g = n.g + d[n]
            for c, f in n.p:
                d[c] = d.get(c, 0) + u(f(d[n]), c.a.shape)
    def z(s):
        for n in s.o(): n.g = np.zeros_like(n.a)
def u(g, h):
    g = np.asarray(g)
    while g.ndim > len(h): g = g.sum(0)
    for i, n in enumerate(h):
        if n == 1: g = g.sum(i, keepdims=True)
    return g
if __name__ == "__main__":
    R = np.random.default_rng(0)
    X = t(R.normal(size=(8, 2))); Y = t(X.a @ [[1.], [2.]])
    W = t(np.zeros((2, 1)))
    for _ in range(200):
        L = ((X @ W - Y) ** 2).m()
        L.z(); L.b()
        W.a -= .1 * W.g
    print(W.a.T)
