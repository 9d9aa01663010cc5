"""As small as it gets: slots, an opcode, and one big backward."""
from math import cosh, exp, log, tanh

CONST, ADD, MUL, POW, EXP, LOG, TANH, RELU = range(8)


class V:
    __slots__ = ("x", "g", "op", "a", "b", "__weakref__")

    def __init__(self, x, op=CONST, a=None, b=None):
        self.x = x
        self.g = 0.0
        self.op = op
        self.a = a
        self.b = b

    def __add__(s, o):
        o = o if isinstance(o, V) else V(o)
        return V(s.x + o.x, ADD, s, o)

    def __mul__(s, o):
        o = o if isinstance(o, V) else V(o)
        return V(s.x * o.x, MUL, s, o)

    def __pow__(s, n):
        return V(s.x**n, POW, s, n)

    def __neg__(s):
        return s * -1.0

    def __sub__(s, o):
        return s + o * -1.0

    def __rsub__(s, o):
        return s * -1.0 + o

    def __truediv__(s, o):
        return s * (o**-1)

    def __rtruediv__(s, o):
        return s**-1 * o

    __radd__, __rmul__ = __add__, __mul__

    def exp(s):
        return V(exp(s.x), EXP, s)

    def log(s):
        return V(log(s.x), LOG, s)

    def tanh(s):
        return V(tanh(s.x), TANH, s)

    def relu(s):
        return V(s.x if s.x > 0 else 0.0, RELU, s)

    def backward(s):
        tape, seen = [], set()
        todo = [s]
        while todo:
            v = todo[-1]
            fresh = [c for c in (v.a, v.b) if isinstance(c, V) and id(c) not in seen]
            if id(v) in seen:
                todo.pop()
            elif fresh:
                todo += fresh
            else:
                seen.add(id(v))
                tape.append(v)
                todo.pop()
        s.g += 1.0
        # locally, so that calling backward twice adds up as in torch
        flow = {id(s): 1.0}
        for v in reversed(tape):
            g = flow.get(id(v), 0.0)
            if v is not s:
                v.g += g

            def send(to, amount):
                flow[id(to)] = flow.get(id(to), 0.0) + amount

            if v.op == ADD:
                send(v.a, g)
                send(v.b, g)
            elif v.op == MUL:
                send(v.a, g * v.b.x)
                send(v.b, g * v.a.x)
            elif v.op == POW:
                send(v.a, g * v.b * v.a.x ** (v.b - 1))
            elif v.op == EXP:
                send(v.a, g * v.x)
            elif v.op == LOG:
                send(v.a, g / v.a.x)
            elif v.op == TANH:
                send(v.a, g / cosh(v.a.x) ** 2)
            elif v.op == RELU:
                send(v.a, g if v.a.x > 0 else 0.0)
