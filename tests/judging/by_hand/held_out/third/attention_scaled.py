import numpy as np

np.random.seed(0)
T, D, dk = 4, 6, 3
X = np.random.randn(T, D)
Wq = np.random.randn(D, dk) / np.sqrt(D)
Wk = np.random.randn(D, dk) / np.sqrt(D)
Wv = np.random.randn(D, dk) / np.sqrt(D)
G = np.random.randn(T, dk)        # pretend upstream gradient

def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

Q = X @ Wq
K = X @ Wk
V = X @ Wv
scale = 1.0 / np.sqrt(dk)
S = Q @ K.T * scale
P = softmax(S)
O = P @ V
loss = (O * G).sum()

# backward
dO = G
dV = P.T @ dO
dP = dO @ V.T
# softmax, row by row: dS_i = P_i * (dP_i - <dP_i, P_i>)
dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True))
dQ = dS @ K * scale
dK = dS.T @ Q * scale
dWq = X.T @ dQ
dWk = X.T @ dK
dWv = X.T @ dV
dX = dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T

print("loss", loss)
print("dX\n", dX)

# numeric check on one entry of Wk
h = 1e-5
def f(Wk_):
    return ((softmax((X @ Wq) @ (X @ Wk_).T * scale) @ (X @ Wv)) * G).sum()
Wp, Wm = Wk.copy(), Wk.copy()
Wp[2, 1] += h
Wm[2, 1] -= h
print("check:", (f(Wp) - f(Wm)) / (2 * h), dWk[2, 1])
