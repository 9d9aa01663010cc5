import numpy as np

np.random.seed(11)
T, d = 3, 4
Q = np.random.randn(T, d)
K = np.random.randn(T, d)
V = np.random.randn(T, d)
scale = 1.0 / np.sqrt(d)

S = Q @ K.T * scale
P = np.exp(S - S.max(axis=-1, keepdims=True))
P = P / P.sum(axis=-1, keepdims=True)
O = P @ V

dO = np.random.randn(T, d)
dV = P.T @ dO
dP = dO @ V.T
D = np.sum(dP * P, axis=-1, keepdims=True)
dS = P * (dP - D)
dQ = dS @ K * scale
dK = dS.T @ Q * scale
