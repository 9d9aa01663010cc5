import numpy as np

np.random.seed(31)
n, d, k = 6, 4, 3
x1 = np.random.randn(n, d)
x2 = np.random.randn(n, d)
same = np.array([1, 0, 0, 1, 0, 1])
W = np.random.randn(d, k) * 0.3
margin = 2.0

# forward: the same W on both sides
e1 = x1 @ W
e2 = x2 @ W
diff = e1 - e2
dist = np.sqrt((diff ** 2).sum(axis=1))
hinge = np.maximum(0, margin - dist)
loss = 0.5 * np.mean(same * dist ** 2 + (1 - same) * hinge ** 2)
print("distances", dist.round(3))
print("loss", loss)

# backward
g_dist = same * dist - (1 - same) * hinge
g_dist = g_dist / n
g_diff = g_dist[:, None] * diff / dist[:, None]
g_e1 = g_diff
g_e2 = -g_diff
g_x1 = g_e1 @ W.T
g_x2 = g_e2 @ W.T
g_W = x1.T @ g_e1 + x2.T @ g_e2

print("g_W\n", g_W)
