# -*- coding: utf-8 -*-
# 三层全连接网络, 手写反向传播
import numpy as np


class 三层网络:
    def __init__(self, 尺寸):
        np.random.seed(2024)
        n0, n1, n2, n3 = 尺寸
        self.W1 = np.random.randn(n1, n0) * 0.5
        self.b1 = np.zeros((n1, 1))
        self.W2 = np.random.randn(n2, n1) * 0.5
        self.b2 = np.zeros((n2, 1))
        self.W3 = np.random.randn(n3, n2) * 0.5
        self.b3 = np.zeros((n3, 1))

    def forward(self, X):
        # 每一列是一个样本
        self.X = X
        self.A1 = np.tanh(self.W1 @ X + self.b1)
        self.Z2 = self.W2 @ self.A1 + self.b2
        self.A2 = np.log1p(np.exp(self.Z2))        # softplus
        self.Y = self.W3 @ self.A2 + self.b3
        return self.Y

    def backward(self, T):
        m = T.shape[1]
        dY = (self.Y - T) / m                      # 均方误差
        self.dW3 = dY @ self.A2.T
        self.db3 = dY.sum(axis=1, keepdims=True)
        dA2 = self.W3.T @ dY
        dZ2 = dA2 / (1 + np.exp(-self.Z2))         # softplus 的导数是 sigmoid
        self.dW2 = dZ2 @ self.A1.T
        self.db2 = dZ2.sum(axis=1, keepdims=True)
        dA1 = self.W2.T @ dZ2
        dZ1 = dA1 * (1 - self.A1 ** 2)
        self.dW1 = dZ1 @ self.X.T
        self.db1 = dZ1.sum(axis=1, keepdims=True)
        return self.W1.T @ dZ1


np.random.seed(5)
X = np.random.randn(3, 8)
T = np.random.randn(2, 8)
net = 三层网络((3, 6, 4, 2))
Y = net.forward(X)
loss = 0.5 * np.sum((Y - T) ** 2) / X.shape[1]
dX = net.backward(T)
print("损失:", loss)
print("dW1:", net.dW1)
print("dX:", dX.shape)
