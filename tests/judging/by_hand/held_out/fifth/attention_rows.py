import numpy as np

np.random.seed(0)
T, d = 4, 3
X = np.random.randn(T, d)
Wq = np.random.randn(d, d)
Wk = np.random.randn(d, d)
Wv = np.random.randn(d, d)
G = np.random.randn(T, d)

Q, K, V = X @ Wq, X @ Wk, X @ Wv
scale = 1.0 / np.sqrt(d)
S = Q @ K.T * scale
S_max = S.max(axis=1, keepdims=True)
E = np.exp(S - S_max)
P = E / E.sum(axis=1, keepdims=True)
O = P @ V
loss = np.sum(G * O ** 2)

dO = 2 * G * O
dV = P.T @ dO
dP = dO @ V.T
dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
dQ = dS @ K * scale
dK = dS.T @ Q * scale
dWq = X.T @ dQ
dWk = X.T @ dK
dWv = X.T @ dV
dX = dQ @ Wq.T
dX += dK @ Wk.T
dX += dV @ Wv.T

print("loss =", loss)
print("|dX| =", np.linalg.norm(dX))
