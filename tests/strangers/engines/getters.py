"""Getters everywhere, for its author had come from another language: getValue(), getGradient(),
backPropagate(), ExpNode, LogNode, one class for each kind of node below AbstractNode.

Entry: the class Constant-or-input is called InputNode. Operations: operators + - * / and unary minus
between nodes and numbers; methods exp(), log(), tanh(), sigmoid(), reLU(), pow(number).
To be said: right; plain numbers. Gradients start anew with each backPropagate(seed=1.0).
"""

import math
from abc import ABC, abstractmethod


class AbstractNode(ABC):
    def __init__(self, *operands):
        self.__operands = tuple(o if isinstance(o, AbstractNode) else InputNode(o) for o in operands)
        self.__gradient = 0.0
        self.__value = self.computeValue(*(o.getValue() for o in self.__operands))

    @abstractmethod
    def computeValue(self, *values): ...

    @abstractmethod
    def computeDerivatives(self, *values): ...

    def getValue(self):
        return self.__value

    def getGradient(self):
        return self.__gradient

    def getOperands(self):
        return self.__operands

    def backPropagate(self, seed=1.0):
        order = self.__sorted()
        for node in order:
            node.__gradient = 0.0
        self.__gradient = seed
        for node in reversed(order):
            values = [o.getValue() for o in node.__operands]
            for operand, local in zip(node.__operands, node.computeDerivatives(*values)):
                operand.__gradient += local * node.__gradient

    def __sorted(self):
        order, entered, stack = [], set(), [(self, iter(self.__operands))]
        entered.add(self)
        while stack:
            node, operands = stack[-1]
            for operand in operands:
                if operand not in entered:
                    entered.add(operand)
                    stack.append((operand, iter(operand.__operands)))
                    break
            else:
                order.append(node)
                stack.pop()
        return order

    def __add__(self, other):
        return AddNode(self, other)

    def __radd__(self, other):
        return AddNode(other, self)

    def __sub__(self, other):
        return SubtractNode(self, other)

    def __rsub__(self, other):
        return SubtractNode(other, self)

    def __mul__(self, other):
        return MultiplyNode(self, other)

    def __rmul__(self, other):
        return MultiplyNode(other, self)

    def __truediv__(self, other):
        return DivideNode(self, other)

    def __rtruediv__(self, other):
        return DivideNode(other, self)

    def __neg__(self):
        return MultiplyNode(self, -1.0)

    def exp(self):
        return ExpNode(self)

    def log(self):
        return LogNode(self)

    def tanh(self):
        return TanhNode(self)

    def sigmoid(self):
        return SigmoidNode(self)

    def reLU(self):
        return ReLUNode(self)

    def pow(self, exponent):
        return PowerNode(self, exponent)


class InputNode(AbstractNode):
    def __init__(self, value):
        self.initial = float(value)
        super().__init__()

    def computeValue(self):
        return self.initial

    def computeDerivatives(self):
        return ()


class AddNode(AbstractNode):
    def computeValue(self, x, y):
        return x + y

    def computeDerivatives(self, x, y):
        return 1.0, 1.0


class SubtractNode(AbstractNode):
    def computeValue(self, x, y):
        return x - y

    def computeDerivatives(self, x, y):
        return 1.0, -1.0


class MultiplyNode(AbstractNode):
    def computeValue(self, x, y):
        return x * y

    def computeDerivatives(self, x, y):
        return y, x


class DivideNode(AbstractNode):
    def computeValue(self, x, y):
        return x / y

    def computeDerivatives(self, x, y):
        return 1.0 / y, -x / (y * y)


class PowerNode(AbstractNode):
    def __init__(self, base, exponent):
        self.exponent = exponent
        super().__init__(base)

    def computeValue(self, x):
        return x**self.exponent

    def computeDerivatives(self, x):
        n = self.exponent
        return (n * x ** (n - 1) if n else 0.0,)


class ExpNode(AbstractNode):
    def computeValue(self, x):
        return math.exp(x)

    def computeDerivatives(self, x):
        return (self.getValue(),)


class LogNode(AbstractNode):
    def computeValue(self, x):
        return math.log(x)

    def computeDerivatives(self, x):
        return (1.0 / x,)


class TanhNode(AbstractNode):
    def computeValue(self, x):
        return math.tanh(x)

    def computeDerivatives(self, x):
        return (1.0 - self.getValue() ** 2,)


class SigmoidNode(AbstractNode):
    def computeValue(self, x):
        return 0.5 + 0.5 * math.tanh(0.5 * x)

    def computeDerivatives(self, x):
        return (self.getValue() * (1.0 - self.getValue()),)


class ReLUNode(AbstractNode):
    def computeValue(self, x):
        return max(x, 0.0)

    def computeDerivatives(self, x):
        return (1.0 if x > 0 else 0.0,)
