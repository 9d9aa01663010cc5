import numpy as np

np.random.seed(19)
N = 6
A = np.random.randn(N, 4)
B = np.random.randn(N, 4)
same = np.array([1, 0, 0, 1, 1, 0])
W = np.random.randn(4, 2) * 0.3
margin = 2.5

za = A @ W
zb = B @ W
diff = za - zb
D = np.sqrt((diff ** 2).sum(axis=1) + 1e-12)
gap = np.maximum(0, margin - D)
loss = np.mean(same * D ** 2 + (1 - same) * gap ** 2) / 2

dD = (same * D - (1 - same) * gap) / N
ddiff = dD[:, None] * diff / D[:, None]
dza = ddiff
dzb = -ddiff
dW = A.T @ dza
dW += B.T @ dzb
dA = dza @ W.T
dB = dzb @ W.T

print("distances", D)
print("loss", loss)
print("dW", dW)
