"""No class at all: a node is a dictionary, operations are functions, run backwards by backprop(node).

leaf(3.0) makes a node; node["value"] and node["grad"] are its numbers.
Operations: add, sub, mul, div, neg, power (number), exp, log, tanh, sigmoid, relu, of nodes.
To be said: right; plain numbers; wants an adapter (there is no class to wrap an input in).
"""

import math

COUNTER = [0]


def node(value, inputs=(), slopes=()):
    COUNTER[0] += 1
    return {
        "id": COUNTER[0],
        "value": value,
        "grad": 0.0,
        "inputs": list(inputs),
        "slopes": list(slopes),
    }


def leaf(value):
    return node(float(value))


def add(a, b):
    return node(a["value"] + b["value"], [a, b], [1.0, 1.0])


def sub(a, b):
    return node(a["value"] - b["value"], [a, b], [1.0, -1.0])


def mul(a, b):
    return node(a["value"] * b["value"], [a, b], [b["value"], a["value"]])


def div(a, b):
    x, y = a["value"], b["value"]
    return node(x / y, [a, b], [1.0 / y, -x / y**2])


def neg(a):
    return node(-a["value"], [a], [-1.0])


def power(a, n):
    x = a["value"]
    return node(x**n, [a], [n * x ** (n - 1) if n != 0 else 0.0])


def exp(a):
    e = math.exp(a["value"])
    return node(e, [a], [e])


def log(a):
    return node(math.log(a["value"]), [a], [1.0 / a["value"]])


def tanh(a):
    t = math.tanh(a["value"])
    return node(t, [a], [1.0 - t**2])


def sigmoid(a):
    s = 0.5 * (1.0 + math.tanh(0.5 * a["value"]))
    return node(s, [a], [s * (1.0 - s)])


def relu(a):
    return node(max(0.0, a["value"]), [a], [1.0 if a["value"] > 0 else 0.0])


def backprop(output, seed=1.0):
    """Ids count upwards, so descending ids are an order of the graph."""
    found, stack = {}, [output]
    while stack:
        n = stack.pop()
        if n["id"] not in found:
            found[n["id"]] = n
            stack.extend(n["inputs"])
    for n in found.values():
        n["grad"] = 0.0
    output["grad"] = seed
    for key in sorted(found, reverse=True):
        n = found[key]
        for one, slope in zip(n["inputs"], n["slopes"]):
            one["grad"] += slope * n["grad"]
