# autodiff with nothing but dictionaries
import math


def num(x):
    return {"value": x, "grad": 0.0, "from": []}


def _node(x):
    return x if isinstance(x, dict) else num(x)


def _out(value, *edges):
    return {"value": value, "grad": 0.0, "from": list(edges)}


def add(a, b):
    a, b = _node(a), _node(b)
    return _out(a["value"] + b["value"], (a, 1.0), (b, 1.0))


def sub(a, b):
    a, b = _node(a), _node(b)
    return _out(a["value"] - b["value"], (a, 1.0), (b, -1.0))


def mul(a, b):
    a, b = _node(a), _node(b)
    return _out(a["value"] * b["value"], (a, b["value"]), (b, a["value"]))


def div(a, b):
    a, b = _node(a), _node(b)
    return _out(a["value"] / b["value"], (a, 1 / b["value"]), (b, -a["value"] / b["value"] ** 2))


def exp(a):
    e = math.exp(a["value"])
    return _out(e, (a, e))


def log(a):
    return _out(math.log(a["value"]), (a, 1 / a["value"]))


def sigmoid(a):
    s = 1 / (1 + math.exp(-a["value"]))
    return _out(s, (a, s * (1 - s)))


def relu(a):
    return _out(max(0.0, a["value"]), (a, 1.0 if a["value"] > 0 else 0.0))


def backward(out):
    order, seen = [], set()

    def go(n):
        if id(n) in seen:
            return
        seen.add(id(n))
        for below, _ in n["from"]:
            go(below)
        order.append(n)

    go(out)
    for n in order:
        n["grad"] = 0.0
    out["grad"] = 1.0
    for n in reversed(order):
        for below, local in n["from"]:
            below["grad"] += local * n["grad"]
