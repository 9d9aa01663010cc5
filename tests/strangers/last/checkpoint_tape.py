"""A tape that is asked by the object: with tape.record(): y = ...; tape.grad(y, x)."""
import math
from contextlib import contextmanager


class Tape:
    current = None

    def __init__(self):
        self.steps = []

    @contextmanager
    def record(self):
        before, Tape.current = Tape.current, self
        try:
            yield self
        finally:
            Tape.current = before

    def grad(self, target, *sources):
        bar = {id(target): 1.0}
        for out, terms in reversed(self.steps):
            for source, local in terms:
                bar[id(source)] = bar.get(id(source), 0.0) + local * bar.get(id(out), 0.0)
        found = [bar.get(id(s), 0.0) for s in sources]
        return found[0] if len(found) == 1 else found


class Number:
    def __init__(self, value):
        self.value = value

    def _out(self, value, *terms):
        out = Number(value)
        if Tape.current is not None:
            Tape.current.steps.append((out, terms))
        return out

    def __add__(self, o):
        o = o if isinstance(o, Number) else Number(o)
        return self._out(self.value + o.value, (self, 1.0), (o, 1.0))

    def __mul__(self, o):
        o = o if isinstance(o, Number) else Number(o)
        return self._out(self.value * o.value, (self, o.value), (o, self.value))

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        e = math.exp(self.value)
        return self._out(e, (self, e))
