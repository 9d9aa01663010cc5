"""A network from matrices: every layer has forward(inputs) and backward(grad)."""

import numpy as np


class Layer:
    def params(self):
        return []

    def forward(self, inputs):
        raise NotImplementedError

    def backward(self, grad):
        raise NotImplementedError


class Linear(Layer):
    def __init__(self, input_size, output_size):
        rng = np.random.default_rng(0)
        self.w = rng.normal(size=(input_size, output_size))
        self.b = np.zeros(output_size)

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.w + self.b

    def backward(self, grad):
        self.db = np.sum(grad, axis=0)
        self.dw = self.inputs.T @ grad
        return grad @ self.w.T


class Activation(Layer):
    def __init__(self, f, f_prime):
        self.f, self.f_prime = f, f_prime

    def forward(self, inputs):
        self.inputs = inputs
        return self.f(inputs)

    def backward(self, grad):
        return self.f_prime(self.inputs) * grad


def tanh(x):
    return np.tanh(x)


def tanh_prime(x):
    return 1 - np.tanh(x) ** 2


class Tanh(Activation):
    def __init__(self):
        super().__init__(tanh, tanh_prime)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))


class Sigmoid(Activation):
    def __init__(self):
        super().__init__(sigmoid, sigmoid_prime)


class ReLU(Activation):
    def __init__(self):
        super().__init__(lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float))


class Loss:
    def loss(self, predicted, actual):
        raise NotImplementedError

    def grad(self, predicted, actual):
        raise NotImplementedError


class MSE(Loss):
    def loss(self, predicted, actual):
        return np.mean((predicted - actual) ** 2)

    def grad(self, predicted, actual):
        return 2 * (predicted - actual) / predicted.size


class NeuralNet:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, inputs):
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


if __name__ == "__main__":
    net = NeuralNet([Linear(2, 8), Tanh(), Linear(8, 1)])
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    y = np.array([[0], [1], [1], [0]], dtype=float)
    for _ in range(2000):
        out = net.forward(X)
        net.backward(MSE().grad(out, y))
        for layer in net.layers:
            if isinstance(layer, Linear):
                layer.w -= 0.5 * layer.dw
                layer.b -= 0.5 * layer.db
    print(out)
