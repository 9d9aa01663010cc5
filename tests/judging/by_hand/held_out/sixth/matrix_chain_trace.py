import numpy as np

# loss = 0.5 || A B C - D ||^2 + sum(AB * AB) / 10
np.random.seed(14)
A = np.random.randn(3, 4)
B = np.random.randn(4, 2)
C = np.random.randn(2, 2)
D = np.random.randn(3, 2)

AB = A.dot(B)
ABC = AB.dot(C)
R = ABC - D
fit = 0.5 * np.sum(R ** 2)
pen = np.sum(AB * AB) / 10
loss = fit + pen

dR = R
dABC = dR
dD = -dR
dC = AB.T.dot(dABC)
dAB = dABC.dot(C.T)
dAB += 2 * AB / 10
dA = dAB.dot(B.T)
dB = A.T.dot(dAB)

for nm, M, dM in (("A", A, dA), ("B", B, dB), ("C", C, dC), ("D", D, dD)):
    assert M.shape == dM.shape
    print(nm, np.round(dM, 4).tolist())
print("loss", loss)
