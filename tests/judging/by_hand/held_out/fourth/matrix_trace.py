import numpy as np

np.random.seed(40)
A = np.random.randn(4, 4)
B = np.random.randn(4, 4)
C = np.random.randn(4, 4)

P = A @ B
Q = P @ C
R = Q * Q
f = np.trace(R) + 0.5 * np.sum(P)

# reverse order
dR = np.eye(4)
dQ = 2 * Q * dR
dP = dQ @ C.T
dC = P.T @ dQ
dP += 0.5 * np.ones_like(P)
dA = dP @ B.T
dB = A.T @ dP
print("f", f)
for name, gr in (("dA", dA), ("dB", dB), ("dC", dC)):
    print(name, np.round(gr[0], 4))
