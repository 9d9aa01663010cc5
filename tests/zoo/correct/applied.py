"""Operations are classes with a static forward and backward, called by Name.apply(…); numbers
only; gradients are None until backward."""

import math


class Context:
    """What forward leaves for backward."""


class Function:
    @classmethod
    def apply(cls, *operands):
        operands = [x if isinstance(x, Scalar) else Scalar(x) for x in operands]
        context = Context()
        out = Scalar(cls.forward(context, *(x.data for x in operands)))
        out._function, out._context, out._operands = cls, context, operands
        return out


class Add(Function):
    @staticmethod
    def forward(context, x, y):
        return x + y

    @staticmethod
    def backward(context, g):
        return g, g


class Mul(Function):
    @staticmethod
    def forward(context, x, y):
        context.saved = x, y
        return x * y

    @staticmethod
    def backward(context, g):
        x, y = context.saved
        return g * y, g * x


class Neg(Function):
    @staticmethod
    def forward(context, x):
        return -x

    @staticmethod
    def backward(context, g):
        return (-g,)


class Exp(Function):
    @staticmethod
    def forward(context, x):
        context.out = math.exp(x)
        return context.out

    @staticmethod
    def backward(context, g):
        return (g * context.out,)


class Sigmoid(Function):
    @staticmethod
    def forward(context, x):
        context.out = 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
        return context.out

    @staticmethod
    def backward(context, g):
        return (g * context.out * (1 - context.out),)


class ReLU(Function):
    @staticmethod
    def forward(context, x):
        context.open = x > 0 or x != x
        return x if context.open else 0.0

    @staticmethod
    def backward(context, g):
        return (g if context.open else 0.0,)


class LeakyReLU(Function):
    @staticmethod
    def forward(context, x, negative_slope=0.01):
        negative_slope = float(negative_slope)
        context.slope = 1.0 if x > 0 else negative_slope
        return x * context.slope

    @staticmethod
    def backward(context, g):
        return g * context.slope, 0.0


class Scalar:
    """A number that knows which function gave it."""

    def __init__(self, data):
        self.data, self.grad = data, None
        self._function, self._operands = None, ()

    def __add__(self, other):
        return Add.apply(self, other)

    def __radd__(self, other):
        return Add.apply(other, self)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __rmul__(self, other):
        return Mul.apply(other, self)

    def __neg__(self):
        return Neg.apply(self)

    def __sub__(self, other):
        return Add.apply(self, Neg.apply(other))

    def __rsub__(self, other):
        return Add.apply(other, Neg.apply(self))

    def backward(self):
        waiting, stack, seen = {}, [self], {id(self)}
        while stack:
            for operand in stack.pop()._operands:
                waiting[id(operand)] = waiting.get(id(operand), 0) + 1
                if id(operand) not in seen:
                    seen.add(id(operand))
                    stack.append(operand)
        flow, ready = {id(self): 1.0}, [self]
        while ready:
            node = ready.pop()
            g = flow.pop(id(node))
            node.grad = g if node.grad is None else node.grad + g
            if node._function is None:
                continue
            parts = node._function.backward(node._context, g)
            for operand, part in zip(node._operands, parts, strict=False):
                flow[id(operand)] = flow.get(id(operand), 0.0) + part
                waiting[id(operand)] -= 1
                if not waiting[id(operand)]:
                    ready.append(operand)
