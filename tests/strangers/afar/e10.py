# shape: Wengert list in parallel lists; Tape().var(v) gives a Ref (index into the tape); g = ref.grad() gives an array of adjoints, g[ref.i] (or ref.wrt(other)); value .v
# mistake: none
import math


class Tape:
    def __init__(self):
        self.left, self.right = [], []      # indices of the parents
        self.wl, self.wr = [], []           # local partials

    def push0(self):
        k = len(self.left)
        self.left.append(k); self.right.append(k)
        self.wl.append(0.0); self.wr.append(0.0)
        return k

    def push1(self, i, w):
        k = len(self.left)
        self.left.append(i); self.right.append(k)
        self.wl.append(w); self.wr.append(0.0)
        return k

    def push2(self, i, wi, j, wj):
        k = len(self.left)
        self.left.append(i); self.right.append(j)
        self.wl.append(wi); self.wr.append(wj)
        return k

    def var(self, v):
        return Ref(self, self.push0(), v)

    def __len__(self):
        return len(self.left)


class Ref:
    __slots__ = ("tape", "i", "v")

    def __init__(self, tape, i, v):
        self.tape, self.i, self.v = tape, i, v

    def __add__(self, o):
        if isinstance(o, Ref):
            return Ref(self.tape, self.tape.push2(self.i, 1.0, o.i, 1.0), self.v + o.v)
        return Ref(self.tape, self.tape.push1(self.i, 1.0), self.v + o)
    __radd__ = __add__

    def __sub__(self, o):
        if isinstance(o, Ref):
            return Ref(self.tape, self.tape.push2(self.i, 1.0, o.i, -1.0), self.v - o.v)
        return Ref(self.tape, self.tape.push1(self.i, 1.0), self.v - o)

    def __rsub__(self, o):
        return Ref(self.tape, self.tape.push1(self.i, -1.0), o - self.v)

    def __mul__(self, o):
        if isinstance(o, Ref):
            return Ref(self.tape, self.tape.push2(self.i, o.v, o.i, self.v), self.v * o.v)
        return Ref(self.tape, self.tape.push1(self.i, o), self.v * o)
    __rmul__ = __mul__

    def __truediv__(self, o):
        if isinstance(o, Ref):
            return Ref(self.tape, self.tape.push2(self.i, 1 / o.v, o.i, -self.v / o.v ** 2), self.v / o.v)
        return Ref(self.tape, self.tape.push1(self.i, 1 / o), self.v / o)

    def __rtruediv__(self, o):
        return Ref(self.tape, self.tape.push1(self.i, -o / self.v ** 2), o / self.v)

    def __neg__(self):
        return Ref(self.tape, self.tape.push1(self.i, -1.0), -self.v)

    def sin(self):
        return Ref(self.tape, self.tape.push1(self.i, math.cos(self.v)), math.sin(self.v))

    def exp(self):
        e = math.exp(self.v)
        return Ref(self.tape, self.tape.push1(self.i, e), e)

    def grad(self):
        d = [0.0] * len(self.tape)
        d[self.i] = 1.0
        for k in range(self.i, -1, -1):
            t = self.tape
            if d[k]:
                if t.left[k] != k:
                    d[t.left[k]] += t.wl[k] * d[k]
                if t.right[k] != k:
                    d[t.right[k]] += t.wr[k] * d[k]
        return d

    def wrt(self, other):
        return self.grad()[other.i]
