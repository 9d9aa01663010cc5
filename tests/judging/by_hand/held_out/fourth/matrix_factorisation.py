import numpy as np

def cost_and_grads(par, R, M, lam):
    U, V, bu, bi = par["U"], par["V"], par["bu"], par["bi"]
    pred = U @ V.T + bu[:, None] + bi[None, :]
    E = M * (pred - R)
    J = 0.5 * np.sum(E ** 2) + 0.5 * lam * (np.sum(U ** 2) + np.sum(V ** 2))
    g = {}
    g["U"] = E @ V + lam * U
    g["V"] = E.T @ U + lam * V
    g["bu"] = E.sum(axis=1)
    g["bi"] = E.sum(axis=0)
    return J, g

np.random.seed(94)
n, m, k = 5, 5, 2
R = np.random.randint(1, 6, (n, m)).astype(float)
M = (np.random.rand(n, m) < 0.7).astype(float)
par = {"U": np.random.randn(n, k), "V": np.random.randn(m, k),
       "bu": np.zeros(n), "bi": np.zeros(m)}
J, g = cost_and_grads(par, R, M, 0.1)
print("J", J)
for key in g:
    print(key, np.round(g[key].ravel()[:4], 3))
