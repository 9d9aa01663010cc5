import numpy as np
np.random.seed(10)

m, d = 8, 4
x = np.random.randn(m, d) * 3 - 1
g = np.random.randn(d)
b = np.random.randn(d)
target = np.random.randn(m, d)

# BN forward
mean = x.mean(0)
v = x.var(0)
std_inv = 1. / np.sqrt(v + 1e-6)
x_hat = (x - mean) * std_inv
h = g * x_hat + b
# activation on top
a = np.tanh(h)
loss = 0.5 * ((a - target) ** 2).sum()

# backward
da = a - target
dh = da * (1 - a * a)
db = dh.sum(0)
dg = (dh * x_hat).sum(0)
dx_hat = dh * g
dx = (1. / m) * std_inv * (m * dx_hat - dx_hat.sum(0) - x_hat * (dx_hat * x_hat).sum(0))

print("loss %.4f" % loss)

def forward(x_):
    xh = (x_ - x_.mean(0)) / np.sqrt(x_.var(0) + 1e-6)
    return 0.5 * ((np.tanh(g * xh + b) - target) ** 2).sum()


num = np.zeros_like(x)
for i in range(m):
    for j in range(d):
        step = np.zeros_like(x)
        step[i, j] = 1e-5
        num[i, j] = (forward(x + step) - forward(x - step)) / 2e-5
print("relative error", np.abs(num - dx).max() / np.abs(num).max())
print("column sums of dx (must be 0):", dx.sum(0))
