import numpy as np

np.random.seed(14)
X = np.random.rand(6, 5)
W = np.random.randn(5, 3) * 0.4
b = np.zeros(3)
c = np.zeros(5)
n = X.shape[0]

# 编码
pre = X @ W + b
h = 1 / (1 + np.exp(-pre))
# 解码（权重共享）
rec = h @ W.T + c
err = rec - X
loss = 0.5 * np.sum(err ** 2) / n

# 反向传播
d_rec = err / n
dc = d_rec.sum(axis=0)
dW = d_rec.T @ h                # 解码器部分
d_h = d_rec @ W
d_pre = d_h * h * (1 - h)
dW += X.T @ d_pre               # 编码器部分
db = d_pre.sum(axis=0)

print('损失:', loss)
print('dW:\n', dW)
