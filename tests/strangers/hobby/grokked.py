"""Tensors that remember their creators and count their children."""
import numpy as np


class Tensor(object):
    def __init__(self, data, autograd=False, creators=None, creation_op=None, id=None):
        self.data = np.array(data, dtype=float)
        self.autograd = autograd
        self.grad = None
        self.id = np.random.randint(0, 1000000000) if id is None else id
        self.creators = creators
        self.creation_op = creation_op
        self.children = {}
        if creators is not None:
            for c in creators:
                c.children[self.id] = c.children.get(self.id, 0) + 1

    def all_children_grads_accounted_for(self):
        return all(count == 0 for count in self.children.values())

    def backward(self, grad=None, grad_origin=None):
        if not self.autograd:
            return
        if grad is None:
            grad = Tensor(np.ones_like(self.data))
        if grad_origin is not None:
            if self.children[grad_origin.id] == 0:
                raise Exception("cannot backprop more than once")
            self.children[grad_origin.id] -= 1
        self.grad = Tensor(grad.data.copy()) if self.grad is None else Tensor(self.grad.data + grad.data)
        if self.creators is None:
            return
        if not (self.all_children_grads_accounted_for() or grad_origin is None):
            return
        if self.creation_op == "add":
            self.creators[0].backward(self.grad, self)
            self.creators[1].backward(self.grad, self)
        if self.creation_op == "sub":
            self.creators[0].backward(self.grad, self)
            self.creators[1].backward(-self.grad, self)
        if self.creation_op == "mul":
            self.creators[0].backward(self.grad * self.creators[1], self)
            self.creators[1].backward(self.grad * self.creators[0], self)
        if self.creation_op == "mm":
            self.creators[0].backward(self.grad.mm(self.creators[1].transpose()), self)
            self.creators[1].backward(self.creators[0].transpose().mm(self.grad), self)
        if self.creation_op == "transpose":
            self.creators[0].backward(self.grad.transpose(), self)
        if self.creation_op is not None and self.creation_op.startswith("sum"):
            dim = int(self.creation_op.split("_")[1])
            self.creators[0].backward(self.grad.expand(dim, self.creators[0].data.shape[dim]), self)
        if self.creation_op == "neg":
            self.creators[0].backward(-self.grad, self)
        if self.creation_op == "sigmoid":
            self.creators[0].backward(Tensor(self.grad.data * self.data * (1 - self.data)), self)
        if self.creation_op == "tanh":
            self.creators[0].backward(Tensor(self.grad.data * (1 - self.data)), self)

    def _made(self, data, op, *creators):
        if all(c.autograd for c in creators):
            return Tensor(data, autograd=True, creators=list(creators), creation_op=op)
        return Tensor(data)

    def __add__(self, other):
        return self._made(self.data + other.data, "add", self, other)

    def __neg__(self):
        return self._made(self.data * -1, "neg", self)

    def __sub__(self, other):
        return self._made(self.data - other.data, "sub", self, other)

    def __mul__(self, other):
        return self._made(self.data * other.data, "mul", self, other)

    def sum(self, dim):
        return self._made(self.data.sum(dim), "sum_" + str(dim), self)

    def expand(self, dim, copies):
        return Tensor(np.repeat(np.expand_dims(self.data, dim), copies, axis=dim))

    def transpose(self):
        return self._made(self.data.transpose(), "transpose", self)

    def mm(self, x):
        return self._made(self.data.dot(x.data), "mm", self, x)

    def sigmoid(self):
        return self._made(1 / (1 + np.exp(-self.data)), "sigmoid", self)

    def tanh(self):
        return self._made(np.tanh(self.data), "tanh", self)

    def __repr__(self):
        return str(self.data.__repr__())
