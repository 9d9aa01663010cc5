"""A tape over plain arrays, the way a deep learning course has it: the student computes with numpy
and tells the engine of each operation; gradients lie in a buffer found by the array's address.

Operations: functions add_forward / add_backward and so on; the class F gives them short names:
add, sub, mul, div, matmul, exp, log, tanh, sigmoid, relu, sum (all elements), of float64 arrays of
at least one element; operands broadcast.
To be said: right. Needs an adapter, for the numbers are numpy's own arrays and know of no gradient.
"""

import numpy as np


class MemoryBuffer:
    def __init__(self):
        self.memory = {}

    @staticmethod
    def get_memory_loc(np_array):
        return id(np_array)

    def add_spot(self, np_array):
        # the array is kept alive, or its address would be given to another one
        key = self.get_memory_loc(np_array)
        if key not in self.memory:
            self.memory[key] = (np_array, np.zeros_like(np_array))

    def update_param(self, np_array, gradient):
        self.add_spot(np_array)
        key = self.get_memory_loc(np_array)
        kept, old = self.memory[key]
        self.memory[key] = (kept, old + gradient)

    def set_param(self, np_array, gradient):
        self.memory[self.get_memory_loc(np_array)] = (np_array, gradient)

    def get_param(self, np_array):
        return self.memory[self.get_memory_loc(np_array)][1]

    def is_in_memory(self, np_array):
        return self.get_memory_loc(np_array) in self.memory

    def clear(self):
        self.memory = {}


class Operation:
    def __init__(self, inputs, output, backward_operation):
        self.inputs = inputs
        self.output = output
        self.backward_operation = backward_operation

    def __repr__(self):
        return f"Operation({self.backward_operation.__name__})"


class Autograd:
    def __init__(self):
        self.gradient_buffer = MemoryBuffer()
        self.operation_list = []

    def add_operation(self, inputs, output, backward_operation):
        for one in inputs:
            self.gradient_buffer.add_spot(one)
        self.gradient_buffer.add_spot(output)
        self.operation_list.append(Operation(inputs, output, backward_operation))

    def backward(self, divergence):
        """Runs the list backwards. divergence: the gradient of the last output."""
        last = self.operation_list[-1].output
        self.gradient_buffer.set_param(last, np.asarray(divergence, dtype=last.dtype))
        for operation in reversed(self.operation_list):
            upstream = self.gradient_buffer.get_param(operation.output)
            slopes = operation.backward_operation(upstream, *operation.inputs)
            for one, slope in zip(operation.inputs, slopes):
                self.gradient_buffer.update_param(one, slope)

    def zero_grad(self):
        self.gradient_buffer.clear()
        self.operation_list = []


def unbroadcast(grad, like):
    """Sums grad over the axes along which an array of like's shape was stretched."""
    while grad.ndim > like.ndim:
        grad = grad.sum(axis=0)
    for axis, size in enumerate(like.shape):
        if size == 1 and grad.shape[axis] != 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


def add_backward(grad_output, a, b):
    return unbroadcast(grad_output, a), unbroadcast(grad_output, b)


def sub_backward(grad_output, a, b):
    return unbroadcast(grad_output, a), unbroadcast(-grad_output, b)


def mul_backward(grad_output, a, b):
    return unbroadcast(grad_output * b, a), unbroadcast(grad_output * a, b)


def div_backward(grad_output, a, b):
    return unbroadcast(grad_output / b, a), unbroadcast(-grad_output * a / b**2, b)


def matmul_backward(grad_output, a, b):
    return grad_output @ b.T, a.T @ grad_output


def exp_backward(grad_output, a):
    return (grad_output * np.exp(a),)


def log_backward(grad_output, a):
    return (grad_output / a,)


def tanh_backward(grad_output, a):
    return (grad_output * (1 - np.tanh(a) ** 2),)


def sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


def sigmoid_backward(grad_output, a):
    s = sigmoid(a)
    return (grad_output * s * (1 - s),)


def relu_backward(grad_output, a):
    return (grad_output * (a > 0),)


def sum_backward(grad_output, a):
    return (np.full(a.shape, grad_output),)


class F:
    """Forward functions that tell an engine what they did: F(engine).mul(a, b)."""

    def __init__(self, engine):
        self.engine = engine

    def _done(self, output, backward_operation, *inputs):
        output = np.array(output)  # never a view: each result needs its own address
        self.engine.add_operation(list(inputs), output, backward_operation)
        return output

    def add(self, a, b):
        return self._done(a + b, add_backward, a, b)

    def sub(self, a, b):
        return self._done(a - b, sub_backward, a, b)

    def mul(self, a, b):
        return self._done(a * b, mul_backward, a, b)

    def div(self, a, b):
        return self._done(a / b, div_backward, a, b)

    def matmul(self, a, b):
        assert a.ndim == b.ndim == 2
        return self._done(a @ b, matmul_backward, a, b)

    def exp(self, a):
        return self._done(np.exp(a), exp_backward, a)

    def log(self, a):
        return self._done(np.log(a), log_backward, a)

    def tanh(self, a):
        return self._done(np.tanh(a), tanh_backward, a)

    def sigmoid(self, a):
        return self._done(sigmoid(a), sigmoid_backward, a)

    def relu(self, a):
        return self._done(np.maximum(a, 0), relu_backward, a)

    def sum(self, a):
        return self._done(np.sum(a), sum_backward, a)
