import numpy as np

np.random.seed(12)
m, n = 20, 3
X = np.random.randn(m, n)
y = (X @ np.array([1.0, -2.0, 0.5]) + 0.3 * np.random.randn(m) > 0).astype(int)
w = np.array([0.2, -0.1, 0.4])
b = 0.05
lam = 0.7

# 前向传播
z = X @ w + b
a = 1 / (1 + np.exp(-z))
J = -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum() / m
J += 0.5 * lam / m * np.sum(w ** 2)
print("代价:", J)

# 反向传播
dz = (a - y) / m
dw = X.T @ dz
dw += lam / m * w
db = dz.sum()
print("dw:", dw)
print("db:", db)

# 参数更新
alpha = 0.5
w_new = w - alpha * dw
b_new = b - alpha * db
print(w_new, b_new)
