import numpy as np
import math


class Identity:
    def forward(self, Z):
        self.A = Z
        return self.A

    def backward(self, dLdA):
        dAdZ = np.ones(self.A.shape, dtype="f")
        dLdZ = dLdA * dAdZ
        return dLdZ


class Sigmoid:
    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A

    def backward(self, dLdA):
        return dLdA * (self.A - self.A * self.A)


class Tanh:
    def forward(self, Z):
        self.A = np.tanh(Z)
        return self.A

    def backward(self, dLdA):
        return dLdA * (1 - self.A)


class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        return np.where(self.A > 0, dLdA, 0)


class GELU:
    def forward(self, Z):
        self.Z = Z
        self.phi = 0.5 * (1 + np.vectorize(math.erf)(Z / np.sqrt(2)))
        self.A = Z * self.phi
        return self.A

    def backward(self, dLdA):
        pdf = np.exp(-self.Z**2 / 2) / np.sqrt(2 * np.pi)
        return dLdA * (self.phi + self.Z * pdf)


class Softmax:
    def forward(self, Z):
        e = np.exp(Z - Z.max(axis=1, keepdims=True))
        self.A = e / e.sum(axis=1, keepdims=True)
        return self.A

    def backward(self, dLdA):
        N, C = dLdA.shape
        dLdZ = np.zeros((N, C))
        for i in range(N):
            J = np.diag(self.A[i]) - np.outer(self.A[i], self.A[i])
            dLdZ[i, :] = dLdA[i] @ J
        return dLdZ
