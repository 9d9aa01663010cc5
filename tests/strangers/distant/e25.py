# shape: programs are generators: y = yield from ops; here Machine().grad(f, *values) -> (value, gradients); f(*cells) uses add/mul/... ; each op is a coroutine paused between forward and backward
# mistake: div | backward | second operand (denominator) | divides by b instead of b squared
import math


class Cell:
    __slots__ = ("v", "d")

    def __init__(self, v):
        self.v, self.d = float(v), 0.0

    def __add__(self, o): return MACHINE[-1].start(_add(self, cell(o)))
    def __radd__(self, o): return cell(o) + self
    def __sub__(self, o): return MACHINE[-1].start(_sub(self, cell(o)))
    def __rsub__(self, o): return cell(o) - self
    def __mul__(self, o): return MACHINE[-1].start(_mul(self, cell(o)))
    def __rmul__(self, o): return cell(o) * self
    def __truediv__(self, o): return MACHINE[-1].start(_div(self, cell(o)))
    def __rtruediv__(self, o): return cell(o) / self


def cell(x):
    return x if isinstance(x, Cell) else Cell(x)


# every operation: yield the result, wake up when its derivative is known
def _add(a, b):
    out = Cell(a.v + b.v)
    yield out
    a.d += out.d
    b.d += out.d


def _sub(a, b):
    out = Cell(a.v - b.v)
    yield out
    a.d += out.d
    b.d -= out.d


def _mul(a, b):
    out = Cell(a.v * b.v)
    yield out
    a.d += b.v * out.d
    b.d += a.v * out.d


def _div(a, b):
    out = Cell(a.v / b.v)
    yield out
    a.d += out.d / b.v
    b.d -= out.d * a.v / b.v


def _sin(a):
    out = Cell(math.sin(a.v))
    yield out
    a.d += math.cos(a.v) * out.d


def _exp(a):
    out = Cell(math.exp(a.v))
    yield out
    a.d += out.v * out.d


def _log(a):
    out = Cell(math.log(a.v))
    yield out
    a.d += out.d / a.v


def _relu(a):
    out = Cell(max(a.v, 0.0))
    yield out
    if a.v > 0:
        a.d += out.d


def sin(a): return MACHINE[-1].start(_sin(a))
def exp(a): return MACHINE[-1].start(_exp(a))
def log(a): return MACHINE[-1].start(_log(a))
def relu(a): return MACHINE[-1].start(_relu(a))


MACHINE = []


class Machine:
    def __init__(self):
        self.sleeping = []

    def start(self, coroutine):
        result = next(coroutine)
        self.sleeping.append(coroutine)
        return result

    def grad(self, f, *values):
        cells = [Cell(v) for v in values]
        MACHINE.append(self)
        try:
            out = f(*cells)
        finally:
            MACHINE.pop()
        out.d = 1.0
        while self.sleeping:
            for _ in self.sleeping.pop():
                raise RuntimeError("an operation must yield once")
        return out.v, [c.d for c in cells]
