# shape: Scalar(float); y.backward(); value y.data; gradient x.derivative on leaves; ops are ScalarFunction with static forward(ctx, ...)/backward(ctx, d_output)
# mistake: mul | backward | both | saved values returned the wrong way round (d*a for a, d*b for b)
import math
from dataclasses import dataclass, field


@dataclass
class Context:
    no_grad: bool = False
    saved_values: tuple = ()

    def save_for_backward(self, *values):
        if not self.no_grad:
            self.saved_values = values


@dataclass
class ScalarHistory:
    last_fn: type = None
    ctx: Context = None
    inputs: list = field(default_factory=list)


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


class ScalarFunction:
    @classmethod
    def apply(cls, *vals):
        scalars = [v if isinstance(v, Scalar) else Scalar(v, ScalarHistory(), const=True) for v in vals]
        ctx = Context()
        out = cls.forward(ctx, *[s.data for s in scalars])
        return Scalar(out, ScalarHistory(cls, ctx, scalars))


class Add(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, d_output):
        return d_output, d_output


class Mul(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, d_output):
        a, b = ctx.saved_values
        return d_output * a, d_output * b


class Neg(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, d_output):
        return -d_output


class Inv(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return 1.0 / a

    @staticmethod
    def backward(ctx, d_output):
        (a,) = ctx.saved_values
        return -d_output / (a * a)


class Log(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return math.log(a)

    @staticmethod
    def backward(ctx, d_output):
        return d_output / ctx.saved_values[0]


class Exp(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        out = math.exp(a)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, d_output):
        return d_output * ctx.saved_values[0]


class Sigmoid(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        s = 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, d_output):
        (s,) = ctx.saved_values
        return d_output * s * (1 - s)


class ReLU(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a if a > 0 else 0.0

    @staticmethod
    def backward(ctx, d_output):
        return d_output if ctx.saved_values[0] > 0 else 0.0


class LT(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return float(a < b)

    @staticmethod
    def backward(ctx, d_output):
        return 0.0, 0.0


class Scalar:
    counter = 0

    def __init__(self, v, history=None, const=False):
        Scalar.counter += 1
        self.unique_id = Scalar.counter
        self.data = float(v)
        self.history = history or ScalarHistory()
        self.const = const
        self.derivative = None

    def is_leaf(self): return self.history.last_fn is None

    def accumulate_derivative(self, d):
        self.derivative = (self.derivative or 0.0) + d

    def chain_rule(self, d_output):
        h = self.history
        return zip(h.inputs, as_tuple(h.last_fn.backward(h.ctx, d_output)))

    def backward(self, d_output=1.0):
        backpropagate(self, d_output)

    def __add__(self, b): return Add.apply(self, b)
    def __radd__(self, b): return Add.apply(b, self)
    def __sub__(self, b): return Add.apply(self, Neg.apply(b))
    def __rsub__(self, b): return Add.apply(b, Neg.apply(self))
    def __mul__(self, b): return Mul.apply(self, b)
    def __rmul__(self, b): return Mul.apply(b, self)
    def __truediv__(self, b): return Mul.apply(self, Inv.apply(b))
    def __rtruediv__(self, b): return Mul.apply(b, Inv.apply(self))
    def __neg__(self): return Neg.apply(self)
    def __lt__(self, b): return LT.apply(self, b)
    def log(self): return Log.apply(self)
    def exp(self): return Exp.apply(self)
    def sigmoid(self): return Sigmoid.apply(self)
    def relu(self): return ReLU.apply(self)


def topological_sort(variable):
    order, seen = [], set()

    def visit(v):
        if v.unique_id in seen or v.const:
            return
        for i in v.history.inputs:
            visit(i)
        seen.add(v.unique_id)
        order.insert(0, v)
    visit(variable)
    return order


def backpropagate(variable, deriv):
    pending = {variable.unique_id: deriv}
    for v in topological_sort(variable):
        d = pending.get(v.unique_id, 0.0)
        if v.is_leaf():
            v.accumulate_derivative(d)
            continue
        for inp, di in v.chain_rule(d):
            if not inp.const:
                pending[inp.unique_id] = pending.get(inp.unique_id, 0.0) + di
