from math import exp, log, tanh


class Value:
    def __init__(self, data, op=None, inputs=()):
        self.data = data
        self.op = op
        self.inputs = inputs
        self.grad = 0.0

    def __add__(a, b):
        return Value(a.data + b.data, "+", (a, b))

    def __sub__(a, b):
        return Value(a.data - b.data, "-", (a, b))

    def __mul__(a, b):
        return Value(a.data * b.data, "*", (a, b))

    def __truediv__(a, b):
        return Value(a.data / b.data, "/", (a, b))

    def __pow__(a, n):
        return Value(a.data**n, "pow", (a, Value(n)))

    def __neg__(a):
        return Value(-a.data, "neg", (a,))

    def exp(a):
        return Value(exp(a.data), "exp", (a,))

    def log(a):
        return Value(log(a.data), "log", (a,))

    def tanh(a):
        return Value(tanh(a.data), "tanh", (a,))

    def relu(a):
        return Value(max(a.data, 0.0), "relu", (a,))

    def backward(self, upstream=1.0):
        self.grad += upstream
        if self.op is None:
            return
        a = self.inputs[0]
        b = self.inputs[1] if len(self.inputs) == 2 else None
        if self.op == "+":
            a.backward(upstream)
            b.backward(upstream)
        elif self.op == "-":
            a.backward(upstream)
            b.backward(-upstream)
        elif self.op == "*":
            a.backward(upstream * b.data)
            b.backward(upstream * a.data)
        elif self.op == "/":
            a.backward(upstream / b.data)
            b.backward(-upstream * a.data / b.data**2)
        elif self.op == "pow":
            a.backward(upstream * b.data * a.data ** (b.data - 1))
        elif self.op == "neg":
            a.backward(-upstream)
        elif self.op == "exp":
            a.backward(upstream * self.data)
        elif self.op == "log":
            a.backward(upstream / a.data)
        elif self.op == "tanh":
            a.backward(upstream * (1 - self.data**2))
        elif self.op == "relu":
            a.backward(upstream if a.data > 0 else 0.0)
