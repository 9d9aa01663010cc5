"""Layers of a multilayer perceptron: each has forward(A) and backward(dLdZ), written for 11-785-like homework."""
import numpy as np


class Activation:
    def forward(self, Z):
        raise NotImplementedError

    def backward(self, dLdA):
        raise NotImplementedError


class Identity(Activation):
    def forward(self, Z):
        self.A = Z
        return self.A

    def backward(self, dLdA):
        return dLdA * np.ones(self.A.shape)


class Sigmoid(Activation):
    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A

    def backward(self, dLdA):
        return dLdA * (self.A - self.A * self.A)


class Tanh(Activation):
    def forward(self, Z):
        self.A = np.tanh(Z)
        return self.A

    def backward(self, dLdA):
        return dLdA * (1 - self.A)


class ReLU(Activation):
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        return dLdA * np.where(self.A > 0, 1, 0)


class Softmax(Activation):
    def forward(self, Z):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        self.A = E / E.sum(axis=1, keepdims=True)
        return self.A

    def backward(self, dLdA):
        return self.A * (dLdA - (dLdA * self.A).sum(axis=1, keepdims=True))


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.zeros((out_features, in_features))
        self.b = np.zeros((out_features, 1))

    def forward(self, A):
        self.A = A
        return A @ self.W.T + self.b.T

    def backward(self, dLdZ):
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(axis=0)[:, None]
        return dLdZ @ self.W


class MSELoss:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        return np.sum((A - Y) ** 2) / A.size

    def backward(self):
        return 2 * (self.A - self.Y) / self.A.size
