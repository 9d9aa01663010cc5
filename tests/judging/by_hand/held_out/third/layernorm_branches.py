import numpy as np

np.random.seed(1234)
X = np.random.randn(4, 6) * 2 + 0.5
g = np.random.uniform(0.5, 1.5, 6)
b = np.random.uniform(-0.5, 0.5, 6)
R = np.random.randn(4, 6)
eps = 1e-5
n = X.shape[-1]

mean = np.mean(X, axis=-1, keepdims=True)
centered = X - mean
variance = np.mean(centered ** 2, axis=-1, keepdims=True)
std = np.sqrt(variance + eps)
normed = centered / std
out = normed * g + b
loss = np.sum(np.maximum(out, 0) * R)

dout = R * (out > 0)
dg = np.sum(dout * normed, axis=0)
db = np.sum(dout, axis=0)
dnormed = dout * g
dcentered = dnormed / std
dstd = np.sum(-dnormed * centered / std ** 2, axis=-1, keepdims=True)
dvariance = dstd * 0.5 / std
dcentered += dvariance * 2.0 * centered / n
dmean = -np.sum(dcentered, axis=-1, keepdims=True)
dX = dcentered + dmean / n

print("loss", loss)
print("dX row sums", dX.sum(axis=1))
