# shape: eng = Autograd(); out = linear/relu/... (eng, arrays); eng.backward(divergence); gradients of plain arrays: eng.gradient_buffer.get(arr); parameters' gradients: the arrays passed in gradients_to_update (added in place); matrix products of 2-d arrays only
# mistake: accumulate (array used by two operations) | backward | - | the buffer is set instead of added to, so only one path's gradient survives
import numpy as np


class GradientBuffer:
    """gradients by memory address of the array"""

    def __init__(self):
        self.memory = {}
        self.alive = []

    @staticmethod
    def where(a):
        return a.__array_interface__["data"][0], a.shape

    def add_spot(self, a):
        k = self.where(a)
        if k not in self.memory:
            self.memory[k] = np.zeros(a.shape)
            self.alive.append(a)

    def update(self, a, g):
        self.memory[self.where(a)] = g

    def get(self, a):
        return self.memory[self.where(a)]

    def clear(self):
        self.memory.clear()
        self.alive.clear()


class Operation:
    def __init__(self, inputs, output, gradients_to_update, backward_operation):
        self.inputs = inputs
        self.output = output
        self.gradients_to_update = gradients_to_update
        self.backward_operation = backward_operation


class Autograd:
    def __init__(self):
        self.operation_list = []
        self.gradient_buffer = GradientBuffer()

    def add_operation(self, inputs, output, gradients_to_update, backward_operation):
        if len(inputs) != len(gradients_to_update):
            raise ValueError("one gradient slot for each input, please")
        for x in inputs:
            self.gradient_buffer.add_spot(x)
        self.gradient_buffer.add_spot(output)
        self.operation_list.append(Operation(inputs, output, gradients_to_update, backward_operation))

    def backward(self, divergence):
        last = True
        for op in reversed(self.operation_list):
            g = divergence if last else self.gradient_buffer.get(op.output)
            last = False
            grads = op.backward_operation(g, *op.inputs)
            for x, slot, gx in zip(op.inputs, op.gradients_to_update, grads):
                if slot is None:
                    self.gradient_buffer.update(x, gx)
                else:
                    slot += gx          # parameter

    def zero_grad(self):
        self.gradient_buffer.clear()
        self.operation_list = []


# ---- the backward functions take (grad_output, *inputs) and return a tuple
def unb(g, a):
    while g.ndim > a.ndim:
        g = g.sum(0)
    for i, n in enumerate(a.shape):
        if n == 1:
            g = g.sum(i, keepdims=True)
    return g


def add_backward(g, a, b): return unb(g, a), unb(g, b)
def sub_backward(g, a, b): return unb(g, a), -unb(g, b)
def mul_backward(g, a, b): return unb(g * b, a), unb(g * a, b)
def div_backward(g, a, b): return unb(g / b, a), unb(-g * a / (b * b), b)
def matmul_backward(g, a, b): return g @ b.T, a.T @ g
def exp_backward(g, a): return (g * np.exp(a),)
def log_backward(g, a): return (g / a,)
def tanh_backward(g, a): return (g * (1 - np.tanh(a) ** 2),)
def sigmoid_backward(g, a):
    s = 1 / (1 + np.exp(-a))
    return (g * s * (1 - s),)
def relu_backward(g, a): return (g * (a > 0),)


def _make(fwd, bwd):
    def f(eng, *arrays, slots=None):
        out = np.array(fwd(*arrays))
        eng.add_operation(list(arrays), out, slots or [None] * len(arrays), bwd)
        return out
    return f


add = _make(np.add, add_backward)
sub = _make(np.subtract, sub_backward)
mul = _make(np.multiply, mul_backward)
div = _make(np.divide, div_backward)
matmul = _make(np.matmul, matmul_backward)
exp = _make(np.exp, exp_backward)
log = _make(np.log, log_backward)
tanh = _make(np.tanh, tanh_backward)
sigmoid = _make(lambda a: 1 / (1 + np.exp(-a)), sigmoid_backward)
relu = _make(lambda a: np.maximum(a, 0), relu_backward)


class Linear:
    def __init__(self, n_in, n_out, eng):
        self.W = np.random.randn(n_out, n_in) * 0.3
        self.b = np.zeros((1, n_out))
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)
        self.eng = eng

    def __call__(self, x):
        z = x @ self.W.T
        self.eng.add_operation([x, self.W], z, [None, self.dW], lambda g, x, W: (g @ W, g.T @ x))
        out = z + self.b
        self.eng.add_operation([z, self.b], out, [None, self.db], add_backward)
        return out
