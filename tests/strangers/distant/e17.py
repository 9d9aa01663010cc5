# shape: expressions are tuples ("mul", a, b); leaves are strings; run(expr, env) -> (value, {name: gradient}); matrix products of 2-d arrays only
# mistake: none
"""Everything is a tuple, nothing is a class."""
import numpy as np


def fix(g, like):
    g = np.asarray(g)
    s = np.shape(like)
    g = g.sum(axis=tuple(range(g.ndim - len(s)))) if g.ndim > len(s) else g
    ax = tuple(i for i, n in enumerate(s) if n == 1 and g.shape[i] > 1)
    return g.sum(axis=ax, keepdims=True) if ax else g


RULES = {
    # name: (forward, [vjp for each argument: (g, out, *args)])
    "add": (lambda a, b: a + b, [lambda g, o, a, b: g, lambda g, o, a, b: g]),
    "sub": (lambda a, b: a - b, [lambda g, o, a, b: g, lambda g, o, a, b: -g]),
    "mul": (lambda a, b: a * b, [lambda g, o, a, b: g * b, lambda g, o, a, b: g * a]),
    "div": (lambda a, b: a / b, [lambda g, o, a, b: g / b, lambda g, o, a, b: -g * o / b]),
    "pow": (lambda a, b: a ** b, [lambda g, o, a, b: g * b * a ** (b - 1), lambda g, o, a, b: g * o * np.log(a)]),
    "dot": (lambda a, b: a @ b, [lambda g, o, a, b: g @ b.T, lambda g, o, a, b: a.T @ g]),
    "neg": (lambda a: -a, [lambda g, o, a: -g]),
    "exp": (np.exp, [lambda g, o, a: g * o]),
    "log": (np.log, [lambda g, o, a: g / a]),
    "sin": (np.sin, [lambda g, o, a: g * np.cos(a)]),
    "cos": (np.cos, [lambda g, o, a: -g * np.sin(a)]),
    "tanh": (np.tanh, [lambda g, o, a: g * (1 - o ** 2)]),
    "relu": (lambda a: np.maximum(a, 0.0), [lambda g, o, a: g * (o > 0)]),
    "sum": (lambda a: np.sum(a), [lambda g, o, a: g * np.ones_like(a)]),
    "min": (np.minimum, [lambda g, o, a, b: g * (a <= b), lambda g, o, a, b: g * (a > b)]),
}


def run(expr, env):
    memo, order = {}, []

    def ev(e):
        k = id(e) if isinstance(e, tuple) else e
        if k in memo:
            return memo[k]
        if isinstance(e, str):
            v = np.asarray(env[e], dtype=float)
        elif isinstance(e, (int, float)):
            v = np.asarray(float(e))
        else:
            v = np.asarray(RULES[e[0]][0](*[ev(x) for x in e[1:]]))
        memo[k] = v
        order.append((k, e))
        return v

    out = ev(expr)
    key = lambda e: id(e) if isinstance(e, tuple) else e
    adj = {key(expr): np.ones_like(out)}
    for k, e in reversed(order):
        if not isinstance(e, tuple) or k not in adj:
            continue
        vals = [memo[key(x)] for x in e[1:]]
        for x, v, rule in zip(e[1:], vals, RULES[e[0]][1]):
            g = fix(rule(adj[k], memo[k], *vals), v)
            adj[key(x)] = adj.get(key(x), 0.0) + g
    return out, {n: adj.get(n, np.zeros_like(np.asarray(env[n], float))) for n in env}


if __name__ == "__main__":
    h = ("tanh", ("add", ("dot", "x", "W"), "b"))
    print(run(("sum", ("mul", h, h)), {"x": np.ones((2, 3)), "W": np.full((3, 2), .1), "b": np.zeros(2)}))
