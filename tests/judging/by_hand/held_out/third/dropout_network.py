import numpy as np

np.random.seed(99)
X = np.random.randn(5, 3)
T = np.random.randn(5, 2)
W1 = np.random.randn(3, 8) * 0.7
b1 = np.zeros((1, 8)) + 0.05
W2 = np.random.randn(8, 2) * 0.7
b2 = np.zeros((1, 2))
keep_prob = 0.6
keep = (np.random.rand(5, 8) < keep_prob).astype(float)

# forward
a = X @ W1 + b1
h = np.tanh(a)
h_drop = h * keep / keep_prob
y = h_drop @ W2 + b2
loss = np.mean((y - T) ** 2)

# backward
dy = 2 * (y - T) / y.size
dW2 = h_drop.T @ dy
db2 = dy.sum(axis=0, keepdims=True)
dh_drop = dy @ W2.T
dh = dh_drop * keep / keep_prob
da = dh * (1 - h ** 2)
dW1 = X.T @ da
db1 = da.sum(axis=0, keepdims=True)

print("loss =", loss)
print("kept %d of %d" % (keep.sum(), keep.size))
print("dW1 =", dW1)
