import numpy as np

np.random.seed(4)
T, D, dk = 5, 6, 3
X = np.random.randn(T, D)
Wq, Wk, Wv = [np.random.randn(D, dk) * 0.5 for _ in range(3)]
Y = np.random.randn(T, dk)

# forward
Q = X @ Wq
K = X @ Wk
V = X @ Wv
S = Q @ K.T / np.sqrt(dk)
S = np.where(np.tril(np.ones((T, T))) == 1, S, -1e9)
A = np.exp(S - S.max(axis=1, keepdims=True))
A = A / A.sum(axis=1, keepdims=True)
O = A @ V
loss = ((O - Y) ** 2).mean()

# backward
grad_O = 2 * (O - Y) / O.size
grad_A = grad_O @ V.T
grad_V = A.T @ grad_O
grad_S = A * (grad_A - np.sum(grad_A * A, axis=1, keepdims=True))
grad_S = grad_S / np.sqrt(dk)
grad_Q = grad_S @ K
grad_K = grad_S.T @ Q
grad_Wq = X.T @ grad_Q
grad_Wk = X.T @ grad_K
grad_Wv = X.T @ grad_V
grad_X = grad_Q @ Wq.T
grad_X += grad_K @ Wk.T
grad_X += grad_V @ Wv.T
print(loss, np.linalg.norm(grad_X))
