import numpy as np

np.random.seed(123)
T, d_model, d_k = 4, 5, 3
X = np.random.randn(T, d_model)
Wq = np.random.randn(d_model, d_k) * 0.6
Wk = np.random.randn(d_model, d_k) * 0.6
Wv = np.random.randn(d_model, d_k) * 0.6
Y = np.random.randn(T, d_k)
scale = 1 / np.sqrt(d_k)

# ---- forward
Q = X @ Wq
K = X @ Wk
V = X @ Wv
S = Q @ K.T * scale
S_max = S.max(axis=-1, keepdims=True)
E = np.exp(S - S_max)
A = E / E.sum(axis=-1, keepdims=True)
O = A @ V
diff = O - Y
loss = (diff ** 2).mean()

# ---- backward
dO = 2 * diff / diff.size
dA = dO @ V.T
dV = A.T @ dO
dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True))
dQ = dS @ K * scale
dK = dS.T @ Q * scale
dWq = X.T @ dQ
dWk = X.T @ dK
dWv = X.T @ dV
dX = dQ @ Wq.T
dX += dK @ Wk.T
dX += dV @ Wv.T

print("loss", loss)
for n, v in [("dWq", dWq), ("dWk", dWk), ("dWv", dWv), ("dX", dX)]:
    print(n, v.shape, np.linalg.norm(v))
