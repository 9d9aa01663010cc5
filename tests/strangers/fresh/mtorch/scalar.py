from __future__ import annotations
from dataclasses import dataclass, field
from typing import Any, Iterable, Optional, Sequence, Tuple, Type
from . import operators
from .autodiff import Context, backpropagate

_var_count = 0


@dataclass
class ScalarHistory:
    last_fn: Optional[Type[ScalarFunction]] = None
    ctx: Optional[Context] = None
    inputs: Sequence[Scalar] = ()


@dataclass
class Scalar:
    data: float
    history: Optional[ScalarHistory] = field(default_factory=ScalarHistory)
    derivative: Optional[float] = None
    name: str = ""
    unique_id: int = 0

    def __post_init__(self):
        global _var_count
        _var_count += 1
        object.__setattr__(self, "unique_id", _var_count)
        object.__setattr__(self, "name", self.name or str(self.unique_id))
        object.__setattr__(self, "data", float(self.data))

    def __hash__(self):
        return hash(self.unique_id)

    def __mul__(self, b):
        return Mul.apply(self, b)

    def __truediv__(self, b):
        return Mul.apply(self, Inv.apply(b))

    def __rtruediv__(self, b):
        return Mul.apply(b, Inv.apply(self))

    def __add__(self, b):
        return Add.apply(self, b)

    def __sub__(self, b):
        return Add.apply(self, Neg.apply(b))

    def __neg__(self):
        return Neg.apply(self)

    def __radd__(self, b):
        return self + b

    def __rmul__(self, b):
        return self * b

    def __lt__(self, b):
        return LT.apply(self, b)

    def log(self):
        return Log.apply(self)

    def exp(self):
        return Exp.apply(self)

    def sigmoid(self):
        return Sigmoid.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def accumulate_derivative(self, x: Any):
        if self.derivative is None:
            self.derivative = 0.0
        self.derivative += x

    def is_leaf(self):
        return self.history is not None and self.history.last_fn is None

    def is_constant(self):
        return self.history is None

    @property
    def parents(self):
        return self.history.inputs

    def chain_rule(self, d_output) -> Iterable[Tuple[Scalar, Any]]:
        h = self.history
        grads = h.last_fn._backward(h.ctx, d_output)
        return list(zip(h.inputs, grads))

    def backward(self, d_output: Optional[float] = None):
        if d_output is None:
            d_output = 1.0
        backpropagate(self, d_output)


class ScalarFunction:
    @classmethod
    def _backward(cls, ctx, d_out):
        out = cls.backward(ctx, d_out)
        return out if isinstance(out, tuple) else (out,)

    @classmethod
    def apply(cls, *vals):
        raw, scalars = [], []
        for v in vals:
            s = v if isinstance(v, Scalar) else Scalar(v)
            scalars.append(s)
            raw.append(s.data)
        ctx = Context(False)
        c = cls.forward(ctx, *raw)
        return Scalar(c, ScalarHistory(cls, ctx, scalars))


class Add(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, d):
        return d, d


class Log(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return operators.log(a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved_values
        return operators.log_back(a, d)


class Mul(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, d):
        a, b = ctx.saved_values
        return b * d, a * d


class Inv(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return operators.inv(a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved_values
        return operators.inv_back(a, d)


class Neg(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        return operators.neg(a)

    @staticmethod
    def backward(ctx, d):
        return -d


class Sigmoid(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return operators.sigmoid(a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved_values
        return a * (1 - a) * d


class ReLU(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return operators.relu(a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved_values
        return operators.relu_back(a, d)


class Exp(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        out = operators.exp(a)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, d):
        (out,) = ctx.saved_values
        return d * out


class LT(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return operators.lt(a, b)

    @staticmethod
    def backward(ctx, d):
        return 0.0, 0.0
