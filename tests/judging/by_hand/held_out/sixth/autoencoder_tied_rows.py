import numpy as np

np.random.seed(77)
n, d, k = 6, 5, 3
X = np.random.rand(n, d)
W = np.random.randn(d, k) * 0.5
b_enc = np.random.randn(k) * 0.1
b_dec = np.random.randn(d) * 0.1


def act(v):
    return 1 / (1 + np.exp(-v))


# encode, decode with the same matrix
code = act(X @ W + b_enc)
rec = act(code @ W.T + b_dec)
sparsity = 0.01 * np.abs(code).sum()
loss = 0.5 * np.sum((rec - X) ** 2) / n + sparsity

grads = {}
d_rec = (rec - X) / n
d_dec = d_rec * rec * (1 - rec)
grads["b_dec"] = d_dec.sum(axis=0)
grads["W"] = d_dec.T @ code            # decoder's use of W
d_code = d_dec @ W + 0.01 * np.sign(code)
d_enc = d_code * code * (1 - code)
grads["b_enc"] = d_enc.sum(axis=0)
grads["W"] += X.T @ d_enc              # encoder's use of W
dX = d_enc @ W.T - d_rec               # X is the input and the target

for key in sorted(grads):
    print(key, grads[key].shape, np.abs(grads[key]).max())
print("loss:", loss)
