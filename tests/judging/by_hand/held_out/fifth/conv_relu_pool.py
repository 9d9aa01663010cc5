import numpy as np

np.random.seed(5)
img = np.random.randn(5, 5)
K = np.random.randn(2, 2)
bias = 0.4
R = np.random.randn(2, 2)

# conv -> 4x4
C = np.zeros((4, 4))
for i in range(4):
    for j in range(4):
        C[i, j] = np.sum(img[i:i + 2, j:j + 2] * K) + bias
A = np.maximum(C, 0)
# pool -> 2x2
P = np.zeros((2, 2))
for i in range(2):
    for j in range(2):
        P[i, j] = A[2 * i:2 * i + 2, 2 * j:2 * j + 2].max()
loss = np.sum(R * P)
print("loss", loss)

dP = R
dA = np.zeros_like(A)
for i in range(2):
    for j in range(2):
        win = A[2 * i:2 * i + 2, 2 * j:2 * j + 2]
        mask = (win == win.max())
        dA[2 * i:2 * i + 2, 2 * j:2 * j + 2] += mask * dP[i, j]
dC = dA * (C > 0)
dK = np.zeros_like(K)
dimg = np.zeros_like(img)
for i in range(4):
    for j in range(4):
        dK += img[i:i + 2, j:j + 2] * dC[i, j]
        dimg[i:i + 2, j:j + 2] += K * dC[i, j]
dbias = dC.sum()
print("dK", dK)
print("dbias", dbias)
