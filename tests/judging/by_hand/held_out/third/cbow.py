import numpy as np

sentence = "the quick brown fox jumps over the lazy dog".split()
words = sorted(set(sentence))
index = {w: i for i, w in enumerate(words)}
V, N = len(words), 4
np.random.seed(10)
W_in = np.random.uniform(-0.8, 0.8, (V, N))
W_out = np.random.uniform(-0.8, 0.8, (N, V))

pos, window = 5, 2
context = [index[sentence[p]] for p in range(pos - window, pos + window + 1) if p != pos]
center = index[sentence[pos]]

# forward
v_hat = W_in[context].mean(axis=0)
z = v_hat @ W_out
z_exp = np.exp(z - np.max(z))
y_hat = z_exp / np.sum(z_exp)
J = -np.log(y_hat[center])
print("center:", words[center], " J =", J)

# backward
dz = y_hat.copy()
dz[center] -= 1
dW_out = np.outer(v_hat, dz)
dv_hat = W_out @ dz
dW_in = np.zeros_like(W_in)
for c in context:
    dW_in[c] += dv_hat / len(context)

W_in -= 0.1 * dW_in
W_out -= 0.1 * dW_out
print("updated rows:", [words[i] for i in np.where(dW_in.any(axis=1))[0]])
