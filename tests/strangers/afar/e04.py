# shape: class Scalar(v); Function subclasses with static forward(ctx, ...)/backward(ctx, d); call s.backward(); value .data, gradient .derivative (leaves only)
# mistake: none
from __future__ import annotations
from dataclasses import dataclass, field
from typing import Any, Iterable
import math

EPS = 1e-12


@dataclass
class Ctx:
    saved: tuple = ()

    def save(self, *vals: float) -> None:
        self.saved = vals


@dataclass
class History:
    fn: Any = None
    ctx: Ctx | None = None
    inputs: list = field(default_factory=list)


class Fn:
    @classmethod
    def apply(cls, *vals):
        scalars = [v if isinstance(v, Scalar) else Scalar(v) for v in vals]
        ctx = Ctx()
        raw = cls.forward(ctx, *(s.data for s in scalars))
        return Scalar(raw, History(cls, ctx, scalars))

    @classmethod
    def chain(cls, ctx, d):
        r = cls.backward(ctx, d)
        return r if isinstance(r, tuple) else (r,)


class Plus(Fn):
    @staticmethod
    def forward(ctx, a, b): return a + b
    @staticmethod
    def backward(ctx, d): return d, d


class Times(Fn):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save(a, b)
        return a * b
    @staticmethod
    def backward(ctx, d):
        a, b = ctx.saved
        return d * b, d * a


class Inverse(Fn):
    @staticmethod
    def forward(ctx, a):
        ctx.save(a)
        return 1.0 / a
    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved
        return -d / (a * a)


class Negate(Fn):
    @staticmethod
    def forward(ctx, a): return -a
    @staticmethod
    def backward(ctx, d): return -d


class Ln(Fn):
    @staticmethod
    def forward(ctx, a):
        ctx.save(a)
        return math.log(a + EPS)
    @staticmethod
    def backward(ctx, d): return d / (ctx.saved[0] + EPS)


class Expo(Fn):
    @staticmethod
    def forward(ctx, a):
        e = math.exp(a)
        ctx.save(e)
        return e
    @staticmethod
    def backward(ctx, d): return d * ctx.saved[0]


class Sig(Fn):
    @staticmethod
    def forward(ctx, a):
        s = 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))
        ctx.save(s)
        return s
    @staticmethod
    def backward(ctx, d):
        (s,) = ctx.saved
        return d * s * (1 - s)


class Rect(Fn):
    @staticmethod
    def forward(ctx, a):
        ctx.save(a)
        return max(a, 0.0)
    @staticmethod
    def backward(ctx, d): return d if ctx.saved[0] > 0 else 0.0


class Less(Fn):
    @staticmethod
    def forward(ctx, a, b): return 1.0 if a < b else 0.0
    @staticmethod
    def backward(ctx, d): return 0.0, 0.0


class Scalar:
    counter = 0

    def __init__(self, v, history: History | None = None):
        Scalar.counter += 1
        self.uid = Scalar.counter
        self.data = float(v)
        self.history = history or History()
        self.derivative: float | None = None

    def is_leaf(self) -> bool:
        return self.history.fn is None

    def __add__(self, b): return Plus.apply(self, b)
    def __radd__(self, b): return Plus.apply(b, self)
    def __mul__(self, b): return Times.apply(self, b)
    def __rmul__(self, b): return Times.apply(b, self)
    def __neg__(self): return Negate.apply(self)
    def __sub__(self, b): return Plus.apply(self, -b)
    def __rsub__(self, b): return Plus.apply(b, -self)
    def __truediv__(self, b): return Times.apply(self, Inverse.apply(b))
    def __rtruediv__(self, b): return Times.apply(b, Inverse.apply(self))
    def __lt__(self, b): return Less.apply(self, b)
    def log(self): return Ln.apply(self)
    def exp(self): return Expo.apply(self)
    def sigmoid(self): return Sig.apply(self)
    def relu(self): return Rect.apply(self)

    def ordered(self) -> Iterable[Scalar]:
        marked, res = set(), []

        def visit(s):
            if s.uid in marked:
                return
            marked.add(s.uid)
            for i in s.history.inputs:
                visit(i)
            res.insert(0, s)
        visit(self)
        return res

    def backward(self, d: float = 1.0) -> None:
        pending = {self.uid: d}
        for s in self.ordered():
            cur = pending.pop(s.uid, 0.0)
            if s.is_leaf():
                s.derivative = (s.derivative or 0.0) + cur
                continue
            for i, di in zip(s.history.inputs, s.history.fn.chain(s.history.ctx, cur)):
                pending[i.uid] = pending.get(i.uid, 0.0) + di
