# shape: run("x y * sin x +", {"x": 2, "y": 3}) -> (value, {"x": .., "y": ..}); a Forth-like stack language, run forward and then backward over the same words
# mistake: none
import math

# word: (arity, forward, backward(g, result, *args) -> gradients of the args)
WORDS = {
    "+": (2, lambda a, b: a + b, lambda g, r, a, b: (g, g)),
    "-": (2, lambda a, b: a - b, lambda g, r, a, b: (g, -g)),
    "*": (2, lambda a, b: a * b, lambda g, r, a, b: (g * b, g * a)),
    "/": (2, lambda a, b: a / b, lambda g, r, a, b: (g / b, -g * a / (b * b))),
    "max": (2, max, lambda g, r, a, b: (g, 0.0) if a >= b else (0.0, g)),
    "neg": (1, lambda a: -a, lambda g, r, a: (-g,)),
    "sin": (1, math.sin, lambda g, r, a: (g * math.cos(a),)),
    "cos": (1, math.cos, lambda g, r, a: (-g * math.sin(a),)),
    "exp": (1, math.exp, lambda g, r, a: (g * r,)),
    "ln": (1, math.log, lambda g, r, a: (g / a,)),
    "sqrt": (1, math.sqrt, lambda g, r, a: (g / (2 * r),)),
    "sq": (1, lambda a: a * a, lambda g, r, a: (2 * g * a,)),
    "tanh": (1, math.tanh, lambda g, r, a: (g * (1 - r * r),)),
}


def run(program, env):
    stack, history = [], []
    for w in program.split():
        if w == "dup":
            stack.append(stack[-1])
            history.append(("dup",))
        elif w == "swap":
            stack[-1], stack[-2] = stack[-2], stack[-1]
            history.append(("swap",))
        elif w == "over":
            stack.append(stack[-2])
            history.append(("over",))
        elif w == "drop":
            stack.pop()
            history.append(("drop",))
        elif w in WORDS:
            n, f, _ = WORDS[w]
            args = stack[-n:]
            del stack[-n:]
            stack.append(f(*args))
            history.append(("call", w, stack[-1], args))
        elif w in env:
            stack.append(float(env[w]))
            history.append(("load", w))
        else:
            stack.append(float(w))
            history.append(("number",))
    assert len(stack) == 1, "the program must leave one number, it left %d" % len(stack)
    value = stack[0]
    # backward: a stack of gradients shaped like the stack of values
    g = [1.0]
    grads = dict.fromkeys(env, 0.0)
    for h in reversed(history):
        kind = h[0]
        if kind == "dup":
            top = g.pop()
            g[-1] += top
        elif kind == "over":
            top = g.pop()
            g[-2] += top
        elif kind == "swap":
            g[-1], g[-2] = g[-2], g[-1]
        elif kind == "drop":
            g.append(0.0)
        elif kind == "load":
            grads[h[1]] += g.pop()
        elif kind == "number":
            g.pop()
        else:
            _, w, r, args = h
            g.extend(WORDS[w][2](g.pop(), r, *args))
    assert not g
    return value, grads


if __name__ == "__main__":
    print(run("x dup * y sin + 3 /", {"x": 2.0, "y": 0.5}))
