# shape: nodes are plain dicts; x = leaf(array); y = mul(x, z) ...; backprop(y); value y["val"]; gradient x["grad"]; matrix products of 2-d arrays only
# mistake: sub | backward | both | no un-broadcasting in sub (every other binary operation has it)
import numpy as np

N = 0


def mk(val, kind="leaf", src=(), aux=None):
    global N
    N += 1
    return {"id": N, "val": np.asarray(val, float), "kind": kind, "src": list(src), "aux": aux, "grad": None}


def leaf(v): return mk(v)
def add(a, b): return mk(a["val"] + b["val"], "add", (a, b))
def sub(a, b): return mk(a["val"] - b["val"], "sub", (a, b))
def mul(a, b): return mk(a["val"] * b["val"], "mul", (a, b))
def div(a, b): return mk(a["val"] / b["val"], "div", (a, b))
def dot(a, b): return mk(a["val"] @ b["val"], "dot", (a, b))
def scale(a, k): return mk(a["val"] * k, "scale", (a,), k)
def power(a, k): return mk(a["val"] ** k, "power", (a,), k)
def exp(a): return mk(np.exp(a["val"]), "exp", (a,))
def log(a): return mk(np.log(a["val"]), "log", (a,))
def tanh(a): return mk(np.tanh(a["val"]), "tanh", (a,))
def relu(a): return mk(a["val"] * (a["val"] > 0), "relu", (a,))
def total(a, axis=None): return mk(a["val"].sum(axis=axis, keepdims=True), "total", (a,))


def squash(g, shape):
    extra = g.ndim - len(shape)
    for _ in range(extra):
        g = g.sum(axis=0)
    for i, s in enumerate(shape):
        if s == 1 and g.shape[i] > 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def local(n, g):
    k, s, v = n["kind"], [p["val"] for p in n["src"]], n["val"]
    if k == "add":
        return [squash(g, s[0].shape), squash(g, s[1].shape)]
    elif k == "sub":
        return [g, -g]
    elif k == "mul":
        return [squash(g * s[1], s[0].shape), squash(g * s[0], s[1].shape)]
    elif k == "div":
        return [squash(g / s[1], s[0].shape), squash(-g * s[0] / s[1] ** 2, s[1].shape)]
    elif k == "dot":
        return [g @ s[1].T, s[0].T @ g]
    elif k == "scale":
        return [g * n["aux"]]
    elif k == "power":
        return [g * n["aux"] * s[0] ** (n["aux"] - 1)]
    elif k == "exp":
        return [g * v]
    elif k == "log":
        return [g / s[0]]
    elif k == "tanh":
        return [g * (1 - v ** 2)]
    elif k == "relu":
        return [g * (s[0] > 0)]
    elif k == "total":
        return [np.broadcast_to(g, s[0].shape)]
    raise KeyError(k)


def backprop(root):
    # ids grow with time, so sorting by id gives an order
    found = {}
    todo = [root]
    while todo:
        n = todo.pop()
        if n["id"] not in found:
            found[n["id"]] = n
            n["grad"] = None
            todo += n["src"]
    root["grad"] = np.ones_like(root["val"])
    for i in sorted(found, reverse=True):
        n = found[i]
        if n["kind"] == "leaf":
            continue
        for p, g in zip(n["src"], local(n, n["grad"])):
            p["grad"] = g if p["grad"] is None else p["grad"] + g
    return {i: n["grad"] for i, n in found.items()}
