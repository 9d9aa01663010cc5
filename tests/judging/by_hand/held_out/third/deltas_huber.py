import numpy as np

np.random.seed(500)
x = np.random.randn(10, 4)
t = np.random.randn(10, 1)
w1 = np.random.randn(4, 6) * 0.7
w2 = np.random.randn(6, 6) * 0.6
w3 = np.random.randn(6, 1) * 0.6
b1 = np.random.randn(6) * 0.1
b2 = np.random.randn(6) * 0.1
b3 = np.random.randn(1) * 0.1


def relu(v):
    return v * (v > 0)


# forward
z1 = x @ w1 + b1
a1 = relu(z1)
z2 = a1 @ w2 + b2
a2 = relu(z2)
z3 = a2 @ w3 + b3
e = z3 - t
huber = np.where(np.abs(e) < 1, 0.5 * e ** 2, np.abs(e) - 0.5)
loss = huber.mean()
print("huber loss", loss)

# backward
delta3 = np.clip(e, -1, 1) / len(x)
dw3 = a2.T @ delta3
db3 = delta3.sum(axis=0)
delta2 = (delta3 @ w3.T) * (z2 > 0)
dw2 = a1.T @ delta2
db2 = delta2.sum(axis=0)
delta1 = (delta2 @ w2.T) * (z1 > 0)
dw1 = x.T @ delta1
db1 = delta1.sum(axis=0)

lr = 0.05
for w, g in [(w1, dw1), (w2, dw2), (w3, dw3)]:
    print(w.shape, np.abs(lr * g).max())
