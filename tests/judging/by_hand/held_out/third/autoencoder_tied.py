import numpy as np

# tied autoencoder: h = sig(xW + c), r = hW' + d
np.random.seed(8)
n = 6
x = np.random.rand(n, 5)
W = np.random.randn(5, 3) * 0.6
c = np.random.randn(3) * 0.1
d = np.random.randn(5) * 0.1

def sig(u):
    return 1.0 / (1.0 + np.exp(-u))

z = x @ W + c          # code before the nonlinearity
h = sig(z)
r = h @ W.T + d
err = r - x
L = 0.5 * np.sum(err * err) / n
print("reconstruction error", L)

dL_dr = err / n
dL_dd = dL_dr.sum(axis=0)
dL_dh = dL_dr @ W
dL_dz = dL_dh * h * (1 - h)
dL_dc = dL_dz.sum(axis=0)
# W is used twice: encoder and decoder
dL_dW = x.T @ dL_dz
dL_dW += dL_dr.T @ h

W_new = W - 0.3 * dL_dW
c_new = c - 0.3 * dL_dc
d_new = d - 0.3 * dL_dd
L2 = 0.5 * np.sum((sig(x @ W_new + c_new) @ W_new.T + d_new - x) ** 2) / n
print("after a step        ", L2)
