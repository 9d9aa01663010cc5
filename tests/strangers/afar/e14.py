# shape: expressions are nested tuples ("mul", a, b), ("var", "x"), numbers; evaluate(expr, env) gives the value, gradients(expr, env) gives (value, {name: grad})
# mistake: none
import math

VAR = "var"


def var(name):
    return (VAR, name)


def add(a, b): return ("add", a, b)
def sub(a, b): return ("sub", a, b)
def mul(a, b): return ("mul", a, b)
def div(a, b): return ("div", a, b)
def pow_(a, b): return ("pow", a, b)
def sin(a): return ("sin", a)
def exp(a): return ("exp", a)
def log(a): return ("log", a)
def sqrt(a): return ("sqrt", a)


FORWARD = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a ** b,
    "sin": math.sin,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}

# every rule: (out, args) -> one partial per argument
PARTIAL = {
    "add": lambda o, a, b: (1.0, 1.0),
    "sub": lambda o, a, b: (1.0, -1.0),
    "mul": lambda o, a, b: (b, a),
    "div": lambda o, a, b: (1 / b, -a / b ** 2),
    "pow": lambda o, a, b: (b * a ** (b - 1), o * math.log(a) if a > 0 else 0.0),
    "sin": lambda o, a: (math.cos(a),),
    "exp": lambda o, a: (o,),
    "log": lambda o, a: (1 / a,),
    "sqrt": lambda o, a: (0.5 / o,),
}


def evaluate(e, env):
    if not isinstance(e, tuple):
        return float(e)
    if e[0] == VAR:
        return float(env[e[1]])
    return FORWARD[e[0]](*(evaluate(c, env) for c in e[1:]))


def gradients(e, env):
    # 1. evaluate keeping the values in a mirror tree: (value, [children])
    def mirror(e):
        if not isinstance(e, tuple):
            return (float(e), [])
        if e[0] == VAR:
            return (float(env[e[1]]), [])
        kids = [mirror(c) for c in e[1:]]
        return (FORWARD[e[0]](*[k[0] for k in kids]), kids)

    grads = {name: 0.0 for name in env}

    # 2. go down with the seed; shared subtrees are just expanded
    def descend(e, m, seed):
        if not isinstance(e, tuple):
            return
        if e[0] == VAR:
            grads[e[1]] += seed
            return
        val, kids = m
        ps = PARTIAL[e[0]](val, *[k[0] for k in kids])
        for c, k, p in zip(e[1:], kids, ps):
            descend(c, k, seed * p)

    m = mirror(e)
    descend(e, m, 1.0)
    return m[0], grads


x, y = var("x"), var("y")
f = add(mul(x, y), sin(div(x, y)))
print(gradients(f, {"x": 1.0, "y": 2.0}))
