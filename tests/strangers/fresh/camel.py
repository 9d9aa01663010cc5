# Ported from my JavaScript version, method by method.
import math


class ValueNode:
    def __init__(self, value, operands=None, gradFn=None):
        self.value = value
        self.operands = operands or []
        self.gradFn = gradFn
        self.gradValue = 0

    @staticmethod
    def of(x):
        return x if isinstance(x, ValueNode) else ValueNode(x)

    def add(self, other):
        other = ValueNode.of(other)
        return ValueNode(self.value + other.value, [self, other], lambda g: [g, g])

    def sub(self, other):
        other = ValueNode.of(other)
        return ValueNode(self.value - other.value, [self, other], lambda g: [g, g])

    def mul(self, other):
        other = ValueNode.of(other)
        return ValueNode(self.value * other.value, [self, other], lambda g: [g * other.value, g * self.value])

    def div(self, other):
        return self.mul(ValueNode.of(other).pow(-1))

    def pow(self, n):
        return ValueNode(self.value ** n, [self], lambda g: [g * n * self.value ** (n - 1)])

    def neg(self):
        return self.mul(-1)

    def exp(self):
        out = math.exp(self.value)
        return ValueNode(out, [self], lambda g: [g * out])

    def log(self):
        return ValueNode(math.log(self.value), [self], lambda g: [g / self.value])

    def tanh(self):
        out = math.tanh(self.value)
        return ValueNode(out, [self], lambda g: [g * (1 - out * out)])

    def relu(self):
        return ValueNode(max(0, self.value), [self], lambda g: [g if self.value > 0 else 0])

    def sigmoid(self):
        out = 1 / (1 + math.exp(-self.value))
        return ValueNode(out, [self], lambda g: [g * out * (1 - out)])

    def getValue(self):
        return self.value

    def getGradient(self):
        return self.gradValue

    def backPropagate(self):
        sorted_ = self.topologicalSort()
        self.gradValue = 1
        for node in sorted_:
            if node.gradFn:
                grads = node.gradFn(node.gradValue)
                for i in range(len(node.operands)):
                    node.operands[i].gradValue += grads[i]

    def topologicalSort(self):
        result, visited = [], []

        def visit(node):
            if any(node is v for v in visited):
                return
            visited.append(node)
            for operand in node.operands:
                visit(operand)
            result.insert(0, node)

        visit(self)
        return result
