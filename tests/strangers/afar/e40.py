# shape: a Graph object owns integer handles; h = g.param(v); g.add(h1, h2) etc. ; g.reverse(h) fills; value g.val[h], gradient g.adj[h]
# mistake: none
import numpy as np


class Graph:
    OPS = "param const add sub mul div mm relu sigm logistic_loss total sq".split()

    def __init__(self):
        self.val = []
        self.adj = []
        self.op = []
        self.inp = []

    def _put(self, op, v, *inp):
        assert op in self.OPS
        self.val.append(np.asarray(v, dtype=float))
        self.adj.append(None)
        self.op.append(op)
        self.inp.append(inp)
        return len(self.val) - 1

    def param(self, v): return self._put("param", v)
    def const(self, v): return self._put("const", v)
    def add(self, a, b): return self._put("add", self.val[a] + self.val[b], a, b)
    def sub(self, a, b): return self._put("sub", self.val[a] - self.val[b], a, b)
    def mul(self, a, b): return self._put("mul", self.val[a] * self.val[b], a, b)
    def div(self, a, b): return self._put("div", self.val[a] / self.val[b], a, b)
    def mm(self, a, b): return self._put("mm", self.val[a] @ self.val[b], a, b)
    def relu(self, a): return self._put("relu", np.maximum(0, self.val[a]), a)
    def sigm(self, a): return self._put("sigm", 0.5 * (1 + np.tanh(self.val[a] / 2)), a)
    def total(self, a): return self._put("total", self.val[a].sum(), a)
    def sq(self, a): return self._put("sq", self.val[a] ** 2, a)

    def logistic_loss(self, z, y):
        """mean of log(1+exp(-y*z)), y in {-1, 1}; y is treated as constant"""
        return self._put("logistic_loss", np.logaddexp(0, -self.val[y] * self.val[z]).mean(), z, y)

    def _give(self, h, g):
        v = self.val[h]
        g = np.asarray(g)
        while g.ndim > v.ndim:
            g = g.sum(axis=0)
        for k in range(v.ndim):
            if v.shape[k] == 1 and g.shape[k] > 1:
                g = g.sum(axis=k, keepdims=True)
        self.adj[h] = self.adj[h] + g

    def reverse(self, h):
        V = self.val
        for k in range(len(V)):
            self.adj[k] = np.zeros_like(V[k])
        self.adj[h] = np.ones_like(V[h])
        for k in range(h, -1, -1):
            g, op, i = self.adj[k], self.op[k], self.inp[k]
            if op == "add":
                self._give(i[0], g); self._give(i[1], g)
            elif op == "sub":
                self._give(i[0], g); self._give(i[1], -g)
            elif op == "mul":
                self._give(i[0], g * V[i[1]]); self._give(i[1], g * V[i[0]])
            elif op == "div":
                self._give(i[0], g / V[i[1]]); self._give(i[1], -g * V[k] / V[i[1]])
            elif op == "mm":
                self._give(i[0], g @ V[i[1]].T); self._give(i[1], V[i[0]].T @ g)
            elif op == "relu":
                self._give(i[0], g * (V[i[0]] > 0))
            elif op == "sigm":
                self._give(i[0], g * V[k] * (1 - V[k]))
            elif op == "total":
                self._give(i[0], np.full(V[i[0]].shape, g))
            elif op == "sq":
                self._give(i[0], 2 * g * V[i[0]])
            elif op == "logistic_loss":
                z, y = V[i[0]], V[i[1]]
                self._give(i[0], g * -y / (1 + np.exp(y * z)) / z.size)
