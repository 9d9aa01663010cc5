# One long tape of instructions, as in chapter 4 of the notes: forward() executes an instruction,
# adjoint() executes it backwards. A Num is nothing but the number of a line of the tape.

from enum import Enum, auto

import numpy as np


class Op(Enum):
    CONST = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    POW = auto()
    NEG = auto()
    ABS = auto()
    EXP = auto()
    LOG = auto()
    SQRT = auto()
    SIN = auto()
    COS = auto()
    TAN = auto()
    ATAN = auto()
    TANH = auto()
    SIGMOID = auto()
    RELU = auto()
    SOFTPLUS = auto()
    MAX = auto()
    MIN = auto()


# the tape, column by column
CODE = []
ARG1 = []
ARG2 = []
VAL = []
ADJ = []
FIRST = []  # the earliest line that this one depends on


def forward(op, a, b):
    match op:
        case Op.ADD:
            return a + b  #: add value
        case Op.SUB:
            return a - b  #: sub value
        case Op.MUL:
            return a * b  #: mul value
        case Op.DIV:
            return a / b  #: div value
        case Op.POW:
            return a**b  #: pow value
        case Op.NEG:
            return -a  #: neg value
        case Op.ABS:
            return abs(a)  #: abs value
        case Op.EXP:
            return np.exp(a)  #: exp value
        case Op.LOG:
            return np.log(a)  #: log value
        case Op.SQRT:
            return np.sqrt(a)  #: sqrt value
        case Op.SIN:
            return np.sin(a)  #: sin value
        case Op.COS:
            return np.cos(a)  #: cos value
        case Op.TAN:
            return np.tan(a)  #: tan value
        case Op.ATAN:
            return np.arctan(a)  #: atan value
        case Op.TANH:
            return np.tanh(a)  #: tanh value
        case Op.SIGMOID:
            return 1 / (1 + np.exp(-a))  #: sigmoid value
        case Op.RELU:
            return np.maximum(a, 0.0)  #: relu value
        case Op.SOFTPLUS:
            return np.logaddexp(a, 0.0)  #: softplus value
        case Op.MAX:
            return np.maximum(a, b)  #: maximum value
        case Op.MIN:
            return np.minimum(a, b)  #: minimum value


def adjoint(op, i, j, k):
    # line k was computed from lines i and j
    a, b, out, g = VAL[i], VAL[j], VAL[k], ADJ[k]
    match op:
        case Op.ADD:
            ADJ[i] += g  #: add x
            ADJ[j] += g  #: add y
        case Op.SUB:
            ADJ[i] += g  #: sub x
            ADJ[j] -= g  #: sub y
        case Op.MUL:
            ADJ[i] += b * g  #: mul x
            ADJ[j] += a * g  #: mul y
        case Op.DIV:
            ADJ[i] += g / b  #: div x
            ADJ[j] -= g * a / b**2  #: div y
        case Op.POW:
            if b != 0:
                ADJ[i] += g * b * a ** (b - 1)  #: pow x
            if a != 0 or b < 0:
                ADJ[j] += g * out * np.log(a)  #: pow y
        case Op.NEG:
            ADJ[i] -= g  #: neg x
        case Op.ABS:
            ADJ[i] += g * np.sign(a)  #: abs x
        case Op.EXP:
            ADJ[i] += g * out  #: exp x
        case Op.LOG:
            ADJ[i] += g / a  #: log x
        case Op.SQRT:
            ADJ[i] += g / (2 * out)  #: sqrt x
        case Op.SIN:
            ADJ[i] += g * np.cos(a)  #: sin x
        case Op.COS:
            ADJ[i] -= g * np.sin(a)  #: cos x
        case Op.TAN:
            ADJ[i] += g * (1 + out * out)  #: tan x
        case Op.ATAN:
            ADJ[i] += g / (1 + a * a)  #: atan x
        case Op.TANH:
            ADJ[i] += g * (1 - out * out)  #: tanh x
        case Op.SIGMOID:
            ADJ[i] += g * out * (1 - out)  #: sigmoid x
        case Op.RELU:
            ADJ[i] += g if a > 0 else 0.0  #: relu x
        case Op.SOFTPLUS:
            ADJ[i] += g / (1 + np.exp(-a))  #: softplus x
        case Op.MAX:
            ADJ[i] += g * (1.0 if a > b else 0.5 if a == b else 0.0)  #: maximum x
            ADJ[j] += g * (1.0 if b > a else 0.5 if a == b else 0.0)  #: maximum y
        case Op.MIN:
            ADJ[i] += g * (1.0 if a < b else 0.5 if a == b else 0.0)  #: minimum x
            ADJ[j] += g * (1.0 if b < a else 0.5 if a == b else 0.0)  #: minimum y


def write(op, i, j, value, first):
    CODE.append(op)
    ARG1.append(i)
    ARG2.append(j)
    VAL.append(np.float64(value))
    ADJ.append(0.0)
    FIRST.append(len(CODE) - 1 if first is None else first)
    return len(CODE) - 1


def emit(op, p, q=None):
    p = p if isinstance(p, Num) else Num(p)
    q = p if q is None else q if isinstance(q, Num) else Num(q)
    i, j = p.line, q.line
    with np.errstate(all="ignore"):
        value = forward(op, VAL[i], VAL[j])
    out = Num.__new__(Num)
    out.line = write(op, i, j, value, min(FIRST[i], FIRST[j]))
    return out


def backward(out, seed=1.0):
    last, first = out.line, FIRST[out.line]
    ADJ[first : last + 1] = [0.0] * (last + 1 - first)  #: engine reset
    ADJ[last] = seed  #: engine seed
    wanted = {last}
    with np.errstate(all="ignore"):
        for k in range(last, first - 1, -1):  #: engine order
            if k in wanted and CODE[k] is not Op.CONST:
                wanted |= {ARG1[k], ARG2[k]}
                adjoint(CODE[k], ARG1[k], ARG2[k], k)


class Num:
    def __init__(self, value):
        self.line = write(Op.CONST, None, None, value, None)

    @property
    def val(self):
        return VAL[self.line]

    @property
    def grad(self):
        return ADJ[self.line]

    def __repr__(self):
        return f"%{self.line} = {self.val:g} (adjoint {self.grad:g})"

    def __add__(self, other):
        return emit(Op.ADD, self, other)

    def __radd__(self, other):
        return emit(Op.ADD, other, self)

    def __sub__(self, other):
        return emit(Op.SUB, self, other)

    def __rsub__(self, other):
        return emit(Op.SUB, other, self)

    def __mul__(self, other):
        return emit(Op.MUL, self, other)

    def __rmul__(self, other):
        return emit(Op.MUL, other, self)

    def __truediv__(self, other):
        return emit(Op.DIV, self, other)

    def __rtruediv__(self, other):
        return emit(Op.DIV, other, self)

    def __pow__(self, other):
        return emit(Op.POW, self, other)

    def __rpow__(self, other):
        return emit(Op.POW, other, self)

    def __neg__(self):
        return emit(Op.NEG, self)

    def __abs__(self):
        return emit(Op.ABS, self)


def exp(x):
    return emit(Op.EXP, x)


def log(x):
    return emit(Op.LOG, x)


def sqrt(x):
    return emit(Op.SQRT, x)


def sin(x):
    return emit(Op.SIN, x)


def cos(x):
    return emit(Op.COS, x)


def tan(x):
    return emit(Op.TAN, x)


def atan(x):
    return emit(Op.ATAN, x)


def tanh(x):
    return emit(Op.TANH, x)


def sigmoid(x):
    return emit(Op.SIGMOID, x)


def relu(x):
    return emit(Op.RELU, x)


def softplus(x):
    return emit(Op.SOFTPLUS, x)


def maximum(x, y):
    return emit(Op.MAX, x, y)


def minimum(x, y):
    return emit(Op.MIN, x, y)
