import numpy as np

np.random.seed(40)
# Y = (A B) C with squares, then a sum of sines
A = np.random.randn(4, 4)
B = np.random.randn(4, 4)
C = np.random.randn(4, 4)

AB = A @ B
Y = AB @ C
S = np.sin(Y)
loss = S.sum() + 0.1 * (AB ** 2).sum()
print(loss)

dS = np.ones_like(S)
dY = dS * np.cos(Y)
dC = AB.T @ dY
dAB = dY @ C.T
dAB += 0.2 * AB
dA = dAB @ B.T
dB = A.T @ dAB

for nm, d in zip("ABC", (dA, dB, dC)):
    print("d" + nm, d.shape, d.sum())
