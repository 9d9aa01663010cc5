import numpy as np

np.random.seed(83)
A = np.random.randn(4, 3)
B = np.random.randn(5, 3)
G = np.random.uniform(-1, 1, (4, 5))     # wanted similarities

na = np.linalg.norm(A, axis=1, keepdims=True)
nb = np.linalg.norm(B, axis=1, keepdims=True)
An = A / na
Bn = B / nb
S = An @ Bn.T
D = S - G
L = np.sum(D ** 2) / D.size

dL_dS = 2 * D / D.size
dL_dAn = dL_dS @ Bn
dL_dBn = dL_dS.T @ An
# normalisation: (g - n <g, n>) / |a|
proj = np.sum(dL_dAn * An, axis=1, keepdims=True)
dL_dA = (dL_dAn - An * proj) / na
projb = np.sum(dL_dBn * Bn, axis=1, keepdims=True)
dL_dB = (dL_dBn - Bn * projb) / nb

print("L =", L)
print("dL/dA =\n", dL_dA)
print("dL/dB =\n", dL_dB)
