# 逻辑回归：前向 + 手写反向传播
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

np.random.seed(2024)
m = 20                               # 样本数
X = np.random.randn(3, m)            # 每一列是一个样本
Y = (np.random.rand(1, m) > 0.4).astype(float)
w = np.random.randn(3, 1) * 0.3
b = 0.2
lambd = 0.7

alpha = 0.1
grads = {}
for epoch in range(100):
    # 前向传播
    Z = np.dot(w.T, X) + b
    A = sigmoid(Z)
    cross_entropy = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    l2 = lambd / (2 * m) * np.sum(np.square(w))
    cost = cross_entropy + l2
    if epoch % 20 == 0:
        print(epoch, "代价:", cost)

    # 反向传播
    dZ = A - Y
    grads["dw"] = 1 / m * np.dot(X, dZ.T) + lambd / m * w
    grads["db"] = 1 / m * np.sum(dZ)

    # 更新参数
    w = w - alpha * grads["dw"]
    b = b - alpha * grads["db"]

print("新的 w:", w.ravel(), "新的 b:", b)
