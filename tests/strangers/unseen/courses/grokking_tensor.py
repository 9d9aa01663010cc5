"""Tensor with autograd in the shape of the 'build your own framework' chapter of
a well-known introductory book: creators, creation_op strings, child counting."""
import numpy as np


class Tensor(object):
    def __init__(self, data, autograd=False, creators=None, creation_op=None, id=None):
        self.data = np.array(data)
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
        return all(cnt == 0 for cnt in self.children.values())

    def backward(self, grad=None, grad_origin=None):
        if not self.autograd:
            return
        if grad is None:
            grad = Tensor(np.ones_like(self.data, dtype=float))
        if grad_origin is not None:
            if self.children[grad_origin.id] == 0:
                raise Exception("cannot backprop more than once")
            self.children[grad_origin.id] -= 1
        self.grad = grad if self.grad is None else self.grad + grad
        assert not grad.autograd      # grads of grads are not supported

        if self.creators is None:
            return
        if not (self.all_children_grads_accounted_for() or grad_origin is None):
            return
        a = self.creators[0]
        b = self.creators[1] if len(self.creators) > 1 else None
        g = self.grad
        if self.creation_op == "add":
            a.backward(g, self)
            b.backward(g, self)
        if self.creation_op == "sub":
            a.backward(Tensor(g.data), self)
            b.backward(Tensor(-g.data), self)
        if self.creation_op == "mul":
            new_a, new_b = Tensor(g.data * b.data), Tensor(g.data * a.data)
            a.backward(new_a, self)
            b.backward(new_b, self)
        if self.creation_op == "mm":
            new_a, new_b = g.data.dot(b.data.T), a.data.T.dot(g.data)
            a.backward(Tensor(new_a), self)
            b.backward(Tensor(new_b), self)
        if self.creation_op == "transpose":
            a.backward(Tensor(g.data.T), self)
        if self.creation_op == "neg":
            a.backward(Tensor(-g.data), self)
        if "sum" in self.creation_op:
            dim = int(self.creation_op.split("_")[1])
            a.backward(g.expand(dim, a.data.shape[dim]), self)
        if "expand" in self.creation_op:
            dim = int(self.creation_op.split("_")[1])
            a.backward(g.sum(dim), self)
        if self.creation_op == "sigmoid":
            a.backward(Tensor(g.data * self.data * (1 - self.data)), self)
        if self.creation_op == "tanh":
            a.backward(Tensor(g.data * (1 - self.data * self.data)), self)
        if self.creation_op == "relu":
            a.backward(Tensor(g.data * (a.data > 0)), self)
        if self.creation_op == "index_select":
            new = np.zeros_like(a.data, dtype=float)
            idx = self.index_select_indices.data.flatten()
            rows = g.data.reshape(len(idx), -1)
            for i in range(len(idx)):
                new[idx[i]] += rows[i]
            a.backward(Tensor(new), self)
        if self.creation_op == "cross_entropy":
            dx = (self.softmax_output - self.target_dist) / len(self.target_dist)
            a.backward(Tensor(dx.reshape(a.data.shape) * g.data), self)

    def _new(self, data, op, *creators):
        if all(c.autograd for c in creators):
            return Tensor(data, autograd=True, creators=list(creators), creation_op=op)
        return Tensor(data)

    def __add__(self, other): return self._new(self.data + other.data, "add", self, other)
    def __sub__(self, other): return self._new(self.data - other.data, "sub", self, other)
    def __mul__(self, other): return self._new(self.data * other.data, "mul", self, other)
    def __neg__(self): return self._new(self.data * -1, "neg", self)
    def mm(self, x): return self._new(self.data.dot(x.data), "mm", self, x)
    def transpose(self): return self._new(self.data.transpose(), "transpose", self)
    def sum(self, dim): return self._new(self.data.sum(dim), "sum_" + str(dim), self)

    def expand(self, dim, copies):
        new = np.repeat(np.expand_dims(self.data, dim), copies, axis=dim)
        return self._new(new, "expand_" + str(dim), self)

    def sigmoid(self): return self._new(1 / (1 + np.exp(-self.data)), "sigmoid", self)
    def tanh(self): return self._new(np.tanh(self.data), "tanh", self)
    def relu(self): return self._new(np.where(self.data > 0, self.data, 0.0), "relu", self)

    def index_select(self, indices):
        new = self._new(self.data[indices.data], "index_select", self)
        new.index_select_indices = indices
        return new

    def cross_entropy(self, target_indices):
        temp = np.exp(self.data - self.data.max(-1, keepdims=True))
        softmax = temp / temp.sum(axis=-1, keepdims=True)
        t = target_indices.data.flatten()
        p = softmax.reshape(len(t), -1)
        dist = np.eye(p.shape[1])[t]
        out = self._new(-(np.log(p) * dist).sum(1).mean(), "cross_entropy", self)
        out.softmax_output, out.target_dist = p, dist
        return out

    def __repr__(self): return str(self.data.__repr__())
    def __str__(self): return str(self.data.__str__())


class SGD:
    def __init__(self, parameters, alpha=0.1):
        self.parameters, self.alpha = parameters, alpha

    def step(self, zero=True):
        for p in self.parameters:
            p.data = p.data - p.grad.data * self.alpha
            if zero:
                p.grad = None
