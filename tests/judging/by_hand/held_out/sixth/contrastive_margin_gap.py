import numpy as np

np.random.seed(6)
n = 6
A = np.random.randn(n, 4)
B = np.random.randn(n, 4)
y = np.array([1, 0, 0, 1, 0, 1.0])     # 1 = same pair
W = np.random.randn(4, 2) * 0.3
margin = 2.0

ea = A.dot(W)
eb = B.dot(W)
diff = ea - eb
d2 = (diff ** 2).sum(axis=1)
dist = np.sqrt(d2)
gap = margin - dist
push = np.maximum(gap, 0)
loss = 0.5 * np.sum(y * dist ** 2 + (1 - y) * push ** 2) / n

dloss = 1.0 / n
ddist = y * dist - (1 - y) * gap * (gap > 0)
ddist = ddist * dloss
dd2 = ddist / (2 * dist)
ddiff = 2 * diff * dd2[:, None]
dea = ddiff
deb = -ddiff
dW = A.T.dot(dea)
dW += B.T.dot(deb)
dA = dea.dot(W.T)
dB = deb.dot(W.T)

print("distances:", np.round(dist, 3))
print("loss:", loss)
print("dW:\n", dW)
