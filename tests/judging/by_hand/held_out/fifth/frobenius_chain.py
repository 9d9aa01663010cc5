import numpy as np

# s = || A B C v ||^2 + tr(A B)
rng = np.random.default_rng(0)
n = 3
A = rng.standard_normal((n, n))
B = rng.standard_normal((n, n))
C = rng.standard_normal((n, n))
v = rng.standard_normal((n, 1))

AB = A @ B
ABC = AB @ C
u = ABC @ v
s = float((u * u).sum() + np.trace(AB))

du = 2 * u
dABC = du @ v.T
dv = ABC.T @ du
dAB = dABC @ C.T
dAB += np.eye(n)
dC = AB.T @ dABC
dA = dAB @ B.T
dB = A.T @ dAB

print("s", s)
for name, g in zip("ABCv", (dA, dB, dC, dv)):
    print(name)
    print(g)
