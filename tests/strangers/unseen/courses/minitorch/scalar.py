from dataclasses import dataclass, field
from typing import Any, Optional, Sequence, Type

from .autodiff import Context, backpropagate, central_difference
from .scalar_functions import EQ, LT, Add, Exp, Inv, Log, Mul, Neg, ReLU, ScalarFunction, Sigmoid

__all__ = ["Scalar", "ScalarHistory", "derivative_check"]


@dataclass
class ScalarHistory:
    last_fn: Optional[Type[ScalarFunction]] = None
    ctx: Optional[Context] = None
    inputs: Sequence["Scalar"] = ()


_var_count = 0


@dataclass(eq=False)
class Scalar:
    data: float
    history: Optional[ScalarHistory] = field(default_factory=ScalarHistory)
    derivative: Optional[float] = None
    name: str = ""
    unique_id: int = field(default=0)

    def __post_init__(self):
        global _var_count
        _var_count += 1
        self.unique_id = _var_count
        self.name = self.name or str(self.unique_id)
        self.data = float(self.data)

    def __repr__(self): return "Scalar(%f)" % self.data
    def __mul__(self, b): return Mul.apply(self, b)
    def __truediv__(self, b): return Mul.apply(self, Inv.apply(b))
    def __rtruediv__(self, b): return Mul.apply(b, Inv.apply(self))
    def __add__(self, b): return Add.apply(self, b)
    def __bool__(self): return bool(self.data)
    def __lt__(self, b): return LT.apply(self, b)
    def __gt__(self, b): return LT.apply(b, self)
    def __eq__(self, b): return EQ.apply(self, b)
    def __hash__(self): return self.unique_id
    def __sub__(self, b): return Add.apply(self, Neg.apply(b))
    def __neg__(self): return Neg.apply(self)
    def __radd__(self, b): return self + b
    def __rmul__(self, b): return self * b
    def log(self): return Log.apply(self)
    def exp(self): return Exp.apply(self)
    def sigmoid(self): return Sigmoid.apply(self)
    def relu(self): return ReLU.apply(self)

    # Variable elements for auto-diff
    def accumulate_derivative(self, x: Any) -> None:
        assert self.is_leaf(), "Only leaf variables can have derivatives."
        if self.derivative is None:
            self.derivative = 0.0
        self.derivative += x

    def is_leaf(self): return self.history is not None and self.history.last_fn is None
    def is_constant(self): return self.history is None
    def requires_grad_(self, flag): self.history = ScalarHistory() if flag else None

    @property
    def parents(self): return self.history.inputs

    def chain_rule(self, d_output):
        h = self.history
        return zip(h.inputs, h.last_fn._backward(h.ctx, d_output))

    def backward(self, d_output: Optional[float] = None) -> None:
        backpropagate(self, 1.0 if d_output is None else d_output)


def derivative_check(f, *scalars):
    out = f(*scalars)
    out.backward()
    for i, x in enumerate(scalars):
        check = central_difference(lambda *v: f(*[Scalar(t) for t in v]).data, *[s.data for s in scalars], arg=i)
        assert abs((x.derivative or 0.0) - check) < 1e-2, (i, x.derivative, check)
