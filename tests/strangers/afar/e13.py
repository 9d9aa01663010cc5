# shape: nodes are plain dicts made by const(v)/op functions; backprop(node) fills node["grad"]; value node["val"]
# mistake: log10 | backward | x | missing 1/ln(10): uses the rule of the natural logarithm
import math


def const(v):
    return {"val": v, "grad": 0.0, "from": []}


def _node(val, *edges):
    """edges: (parent dict, local slope)"""
    return {"val": val, "grad": 0.0, "from": list(edges)}


def plus(a, b):
    return _node(a["val"] + b["val"], (a, 1.0), (b, 1.0))


def minus(a, b):
    return _node(a["val"] - b["val"], (a, 1.0), (b, -1.0))


def times(a, b):
    return _node(a["val"] * b["val"], (a, b["val"]), (b, a["val"]))


def over(a, b):
    q = a["val"] / b["val"]
    return _node(q, (a, 1 / b["val"]), (b, -q / b["val"]))


def power(a, n):
    return _node(a["val"] ** n, (a, n * a["val"] ** (n - 1)))


def ln(a):
    return _node(math.log(a["val"]), (a, 1 / a["val"]))


def log10(a):
    return _node(math.log10(a["val"]), (a, 1 / a["val"]))


def sine(a):
    return _node(math.sin(a["val"]), (a, math.cos(a["val"])))


def cosine(a):
    return _node(math.cos(a["val"]), (a, -math.sin(a["val"])))


def absolute(a):
    s = (a["val"] > 0) - (a["val"] < 0)
    return _node(abs(a["val"]), (a, float(s)))


def backprop(out):
    order = []
    done = set()

    def walk(n):
        if id(n) in done:
            return
        done.add(id(n))
        for p, _ in n["from"]:
            walk(p)
        order.append(n)

    walk(out)
    for n in order:
        n["grad"] = 0.0
    out["grad"] = 1.0
    while order:
        n = order.pop()
        for p, slope in n["from"]:
            p["grad"] += slope * n["grad"]


if __name__ == "__main__":
    x, y = const(2.0), const(3.0)
    z = plus(times(x, y), sine(x))
    backprop(z)
    print(z["val"], x["grad"], y["grad"])
    # newton's method for x^2 = 2
    g = 1.0
    for _ in range(6):
        v = const(g)
        f = minus(times(v, v), const(2.0))
        backprop(f)
        g -= f["val"] / v["grad"]
    print(g)
