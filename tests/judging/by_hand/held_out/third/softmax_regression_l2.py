# softmax 回归，手动求导
import numpy as np

np.random.seed(0)
m, n, k = 12, 3, 4
X = np.random.randn(m, n)
labels = np.random.randint(k, size=m)
Y = np.eye(k)[labels]               # one-hot 标签
Theta = np.random.randn(n, k) * 0.1
bias = np.zeros(k)
lam = 0.3


def softmax(Z):
    Z = Z - np.max(Z, axis=1, keepdims=True)
    expZ = np.exp(Z)
    return expZ / np.sum(expZ, axis=1, keepdims=True)


# 前向
Z = X @ Theta + bias
P = softmax(Z)
J = -np.sum(Y * np.log(P)) / m + lam / 2 * np.sum(Theta ** 2)
print("J =", J)

# 梯度
E = P - Y
dTheta = X.T @ E / m + lam * Theta
dbias = E.mean(axis=0)

# 梯度下降一步
eta = 0.2
Theta2 = Theta - eta * dTheta
bias2 = bias - eta * dbias
J2 = -np.sum(Y * np.log(softmax(X @ Theta2 + bias2))) / m + lam / 2 * np.sum(Theta2 ** 2)
print("J after one step =", J2)
