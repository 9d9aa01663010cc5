import numpy as np

np.random.seed(2020)
B, D = 5, 4
U = np.random.randn(B, D)     # images
V = np.random.randn(B, D)     # texts
tau = 0.5

def normalize(M):
    norm = np.linalg.norm(M, axis=1, keepdims=True)
    return M / norm, norm

def normalize_back(dM_hat, M_hat, norm):
    return (dM_hat - M_hat * np.sum(dM_hat * M_hat, axis=1, keepdims=True)) / norm

def softmax(M, axis):
    e = np.exp(M - M.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)

# forward: symmetric cross entropy, the diagonal is the right answer
Uh, nu = normalize(U)
Vh, nv = normalize(V)
sim = Uh @ Vh.T
logits = sim / tau
P_row = softmax(logits, 1)
P_col = softmax(logits, 0)
diag = np.arange(B)
loss = -0.5 * (np.log(P_row[diag, diag]).mean() + np.log(P_col[diag, diag]).mean())
print("InfoNCE", loss)

# backward
eye = np.eye(B)
dlogits = 0.5 * ((P_row - eye) + (P_col - eye)) / B
dsim = dlogits / tau
dtau = -np.sum(dlogits * sim) / tau ** 2
dUh = dsim @ Vh
dVh = dsim.T @ Uh
dU = normalize_back(dUh, Uh, nu)
dV = normalize_back(dVh, Vh, nv)

print("dtau", dtau)
print("rows orthogonal?", np.abs((dU * U).sum(1)).max())
