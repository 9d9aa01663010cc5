"""From scratch, TensorFlow's way: a default graph, operations, placeholders, a session, and a table
of gradients that is registered by decorator."""

from queue import Queue

import numpy as np


class Graph:
    def __init__(self):
        self.operations, self.placeholders, self.variables = [], [], []

    def as_default(self):
        global _default_graph
        _default_graph = self


_default_graph = Graph()


class Operation:
    def __init__(self, input_nodes=()):
        self.input_nodes = list(input_nodes)
        self.consumers = []
        for node in self.input_nodes:
            node.consumers.append(self)
        _default_graph.operations.append(self)

    def compute(self, *values):
        raise NotImplementedError


class placeholder:
    def __init__(self):
        self.consumers = []
        _default_graph.placeholders.append(self)


class Variable:
    def __init__(self, initial_value=None):
        self.value = initial_value
        self.consumers = []
        _default_graph.variables.append(self)


class add(Operation):
    def __init__(self, x, y):
        super().__init__([x, y])

    def compute(self, x_value, y_value):
        return x_value + y_value


class multiply(Operation):
    def __init__(self, x, y):
        super().__init__([x, y])

    def compute(self, x_value, y_value):
        return x_value * y_value


class matmul(Operation):
    def __init__(self, a, b):
        super().__init__([a, b])

    def compute(self, a_value, b_value):
        return a_value.dot(b_value)


class negative(Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x_value):
        return -x_value


class log(Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x_value):
        return np.log(x_value)


class sigmoid(Operation):
    def __init__(self, a):
        super().__init__([a])

    def compute(self, a_value):
        return 1 / (1 + np.exp(-a_value))


class reduce_sum(Operation):
    def __init__(self, A, axis=None):
        super().__init__([A])
        self.axis = axis

    def compute(self, A_value):
        return np.sum(A_value, self.axis)


class softmax(Operation):
    def __init__(self, a):
        super().__init__([a])

    def compute(self, a_value):
        e = np.exp(a_value)
        return e / np.sum(e, axis=1)[:, None]


class Session:
    def run(self, operation, feed_dict={}):
        for node in traverse_postorder(operation):
            if type(node) is placeholder:
                node.output = feed_dict[node]
            elif type(node) is Variable:
                node.output = node.value
            else:
                node.inputs = [i.output for i in node.input_nodes]
                node.output = node.compute(*node.inputs)
            if type(node.output) is list:
                node.output = np.array(node.output)
        return operation.output


def traverse_postorder(operation):
    nodes, seen = [], set()

    def recurse(node):
        if node in seen:
            return
        seen.add(node)
        if isinstance(node, Operation):
            for i in node.input_nodes:
                recurse(i)
        nodes.append(node)

    recurse(operation)
    return nodes


_gradient_registry = {}


def RegisterGradient(op_type):
    def register(f):
        _gradient_registry[op_type] = f
        return f

    return register


@RegisterGradient("negative")
def _negative_gradient(op, grad):
    return -grad


@RegisterGradient("log")
def _log_gradient(op, grad):
    return grad / op.inputs[0]


@RegisterGradient("sigmoid")
def _sigmoid_gradient(op, grad):
    return grad * op.output * (1 - op.output)


@RegisterGradient("multiply")
def _multiply_gradient(op, grad):
    a, b = op.inputs
    return [_fit(grad * b, a), _fit(grad * a, b)]


@RegisterGradient("add")
def _add_gradient(op, grad):
    a, b = op.inputs
    return [_fit(grad, a), _fit(grad, b)]


@RegisterGradient("matmul")
def _matmul_gradient(op, grad):
    A, B = op.inputs
    return [grad.dot(B.T), A.T.dot(grad)]


@RegisterGradient("reduce_sum")
def _reduce_sum_gradient(op, grad):
    A = op.inputs[0]
    kept = np.array(A.shape)
    kept[op.axis] = 1
    return np.ones(A.shape) * np.reshape(grad, kept)


@RegisterGradient("softmax")
def _softmax_gradient(op, grad):
    s = op.output
    return (grad - np.reshape(np.sum(grad * s, 1), [-1, 1])) * s


def _fit(grad, like):
    grad = np.asarray(grad)
    while grad.ndim > np.ndim(like):
        grad = np.sum(grad, axis=0)
    for axis in range(np.ndim(like)):
        if np.shape(like)[axis] == 1:
            grad = np.sum(grad, axis=axis, keepdims=True)
    return grad


def compute_gradients(loss):
    """After the session has run: the gradient of the loss by every node below it, in a dictionary."""
    grad_table = {loss: np.ones_like(loss.output)}
    visited = {loss}
    queue = Queue()
    queue.put(loss)
    while not queue.empty():
        node = queue.get()
        if node is not loss:
            grad_table[node] = 0
            for consumer in dict.fromkeys(node.consumers):
                if consumer not in grad_table:
                    continue
                bprop = _gradient_registry[consumer.__class__.__name__]
                wrt = bprop(consumer, grad_table[consumer])
                if len(consumer.input_nodes) == 1:
                    grad_table[node] += wrt
                else:
                    for i, below in enumerate(consumer.input_nodes):
                        if below is node:
                            grad_table[node] = grad_table[node] + wrt[i]
        for below in getattr(node, "input_nodes", ()):
            if below not in visited and all(c in grad_table for c in _live(below, loss)):
                visited.add(below)
                queue.put(below)
    return grad_table


def _live(node, loss):
    below_loss = set(traverse_postorder(loss))
    return [c for c in node.consumers if c in below_loss]
