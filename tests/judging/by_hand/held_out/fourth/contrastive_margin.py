import numpy as np

np.random.seed(19)
a = np.random.randn(5, 3) * 0.7
b = np.random.randn(5, 3) * 0.7
same = np.array([1, 0, 0, 1, 0], dtype=float)
margin = 3.0

d = a - b
sq = np.sum(d ** 2, axis=1)
dist = np.sqrt(sq + 1e-9)
pos = same * sq / 2
neg = (1 - same) * np.maximum(0, margin - dist) ** 2 / 2
loss = np.mean(pos + neg)

n = len(same)
ddist = (1 - same) * np.maximum(0, margin - dist) * -1.0
ddist = ddist / n
dsq = same / 2 / n + ddist * 0.5 / dist
dd = 2 * d * dsq[:, None]
da = dd
db = -dd
print(loss)
print(da)
