"""Layers of float32: each operation is an object that is called once and remembers what it saw."""

import numpy as np

FLOAT = np.float32


class Tensor:
    __array_priority__ = 20.0

    def __init__(self, values, source=None):
        self.data = np.asarray(values, dtype=FLOAT)
        self.source = source
        self.grad = None

    @property
    def ndim(self):
        return self.data.ndim

    @property
    def shape(self):
        return self.data.shape

    def receive(self, gradient):
        gradient = reduce_to(np.asarray(gradient, dtype=FLOAT), self.shape)
        if self.grad is None:
            self.grad = gradient
        else:
            self.grad = self.grad + gradient  #: engine accumulate

    def backward(self, gradient=None):
        layers = history(self)
        for layer in layers:
            for tensor in (layer.output, *layer.inputs):
                tensor.grad = None  #: engine reset
        start = np.ones(self.shape) if gradient is None else gradient  #: engine seed
        self.receive(start)
        for layer in layers:
            layer.backward(layer.output.grad)

    def __add__(self, other):
        return Add()(self, other)

    def __sub__(self, other):
        return Subtract()(self, other)

    def __mul__(self, other):
        return Multiply()(self, other)

    def __truediv__(self, other):
        return Divide()(self, other)

    def __radd__(self, other):
        return Add()(other, self)

    def __rsub__(self, other):
        return Subtract()(other, self)

    def __rmul__(self, other):
        return Multiply()(other, self)

    def __rtruediv__(self, other):
        return Divide()(other, self)

    def __neg__(self):
        return Negate()(self)

    def __matmul__(self, other):
        return MatMul()(self, other)


def reduce_to(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)  #: engine unbroadcast
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)  #: engine unbroadcast
    return g


def history(output):
    """The layers that led to the output, the last one first."""
    found = {}
    todo = [output.source]
    while todo:
        layer = todo.pop()
        if layer is None or layer.number in found:  #: engine order
            continue
        found[layer.number] = layer
        todo += [tensor.source for tensor in layer.inputs]
    return [found[number] for number in sorted(found, reverse=True)]  #: engine order


class Layer:
    made = 0

    def __call__(self, *inputs):
        Layer.made += 1
        self.number = Layer.made
        self.inputs = [i if isinstance(i, Tensor) else Tensor(i) for i in inputs]
        self.output = Tensor(self.forward(*(i.data for i in self.inputs)), self)
        return self.output


class Add(Layer):
    def forward(self, left, right):
        return left + right  #: add value

    def backward(self, grad):
        left, right = self.inputs
        left.receive(grad)  #: add x
        right.receive(grad)  #: add y


class Subtract(Layer):
    def forward(self, left, right):
        return left - right  #: sub value

    def backward(self, grad):
        left, right = self.inputs
        left.receive(grad)  #: sub x
        right.receive(-grad)  #: sub y


class Multiply(Layer):
    def forward(self, left, right):
        return left * right  #: mul value

    def backward(self, grad):
        left, right = self.inputs
        left.receive(grad * right.data)  #: mul x
        right.receive(grad * left.data)  #: mul y


class Divide(Layer):
    def forward(self, left, right):
        return left / right  #: div value

    def backward(self, grad):
        left, right = self.inputs
        left.receive(grad / right.data)  #: div x
        right.receive(-grad * left.data / right.data**2)  #: div y


class Negate(Layer):
    def forward(self, x):
        return -x  #: neg value

    def backward(self, grad):
        self.inputs[0].receive(-grad)  #: neg x


class MatMul(Layer):
    def forward(self, left, right):
        if left.ndim != 2 or right.ndim != 2:
            raise NotImplementedError("matrices")
        return left @ right  #: matmul value

    def backward(self, grad):
        left, right = self.inputs
        left.receive(grad @ right.data.T)  #: matmul x
        right.receive(left.data.T @ grad)  #: matmul y


class Exp(Layer):
    def forward(self, x):
        return np.exp(x)  #: exp value

    def backward(self, grad):
        self.inputs[0].receive(grad * self.output.data)  #: exp x


class Log(Layer):
    def forward(self, x):
        return np.log(x)  #: log value

    def backward(self, grad):
        self.inputs[0].receive(grad / self.inputs[0].data)  #: log x


class Sin(Layer):
    def forward(self, x):
        return np.sin(x)  #: sin value

    def backward(self, grad):
        self.inputs[0].receive(grad * np.cos(self.inputs[0].data))  #: sin x


class Tanh(Layer):
    def forward(self, x):
        return np.tanh(x)  #: tanh value

    def backward(self, grad):
        self.inputs[0].receive(grad * (1 - self.output.data**2))  #: tanh x


class Sigmoid(Layer):
    def forward(self, x):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-x))  #: sigmoid value

    def backward(self, grad):
        p = self.output.data
        self.inputs[0].receive(grad * p * (1 - p))  #: sigmoid x


class ReLU(Layer):
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0  #: relu value
        return out

    def backward(self, grad):
        dx = np.array(grad)
        dx[self.mask] = 0  #: relu x
        self.inputs[0].receive(dx)


class Sum(Layer):
    def __init__(self, axis=None, keepdims=False):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        return x.sum(axis=self.axis, keepdims=self.keepdims)  #: sum value

    def backward(self, grad):
        (x,) = self.inputs
        if self.axis is not None and not self.keepdims:
            grad = np.expand_dims(grad, self.axis)  #: sum x
        x.receive(np.broadcast_to(grad, x.shape))  #: sum x


class Mean(Layer):
    def __init__(self, axis=None, keepdims=False):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        return x.mean(axis=self.axis, keepdims=self.keepdims)  #: mean value

    def backward(self, grad):
        (x,) = self.inputs
        if self.axis is not None and not self.keepdims:
            grad = np.expand_dims(grad, self.axis)  #: mean x
        count = max(x.data.size, 1) / max(self.output.data.size, 1)
        x.receive(np.broadcast_to(grad / count, x.shape))  #: mean x


class Reshape(Layer):
    def __init__(self, shape):
        self.new = shape

    def forward(self, x):
        return x.reshape(self.new)  #: reshape value

    def backward(self, grad):
        (x,) = self.inputs
        x.receive(grad.reshape(x.shape))  #: reshape x


class SwapAxes(Layer):
    def __init__(self, first, second):
        self.axes = first, second

    def forward(self, x):
        return x.swapaxes(*self.axes)  #: transpose value

    def backward(self, grad):
        self.inputs[0].receive(grad.swapaxes(*self.axes))  #: transpose x


class Softmax(Layer):
    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        x = x - x.max(axis=self.axis, keepdims=True)  #: softmax value
        return np.exp(x) / np.exp(x).sum(axis=self.axis, keepdims=True)  #: softmax value

    def backward(self, grad):
        p = self.output.data
        along = (grad * p).sum(axis=self.axis, keepdims=True)  #: softmax x
        self.inputs[0].receive(p * (grad - along))  #: softmax x


class MSELoss(Layer):
    def forward(self, prediction, target):
        return np.mean((prediction - target) ** 2)  #: mse_loss value

    def backward(self, grad):
        prediction, target = self.inputs
        difference = (prediction.data - target.data) / max(prediction.data.size, 1)
        prediction.receive(2 * grad * difference)  #: mse_loss x
        target.receive(-2 * grad * difference)  #: mse_loss y


def exp(x):
    return Exp()(x)


def log(x):
    return Log()(x)


def sin(x):
    return Sin()(x)


def tanh(x):
    return Tanh()(x)


def sigmoid(x):
    return Sigmoid()(x)


def relu(x):
    return ReLU()(x)


def sum(x, axis=None, keepdims=False):
    return Sum(axis, keepdims)(x)


def mean(x, axis=None, keepdims=False):
    return Mean(axis, keepdims)(x)


def reshape(x, shape):
    return Reshape(shape)(x)


def swapaxes(x, axis1, axis2):
    return SwapAxes(axis1, axis2)(x)


def softmax(x, axis=-1):
    return Softmax(axis)(x)


def mse_loss(prediction, target):
    return MSELoss()(prediction, target)
