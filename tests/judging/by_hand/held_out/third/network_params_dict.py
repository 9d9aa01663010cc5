import numpy as np

rng = np.random.default_rng(0)
N, D, H, C = 6, 3, 5, 3
X = rng.normal(size=(N, D))
y = rng.integers(0, C, size=N)
p = {
    "W1": rng.normal(size=(D, H)) * 0.6,
    "b1": rng.normal(size=H) * 0.2,
    "W2": rng.normal(size=(H, C)) * 0.6,
    "b2": rng.normal(size=C) * 0.2,
}
reg = 1e-2

# evaluate class scores
hidden = np.maximum(0, X @ p["W1"] + p["b1"])
scores = hidden @ p["W2"] + p["b2"]
exp_scores = np.exp(scores)
probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
loss = -np.log(probs[range(N), y]).mean()
loss += 0.5 * reg * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())

# gradients
grads = {}
dscores = probs.copy()
dscores[range(N), y] -= 1
dscores /= N
grads["W2"] = hidden.T @ dscores + reg * p["W2"]
grads["b2"] = np.sum(dscores, axis=0)
dhidden = dscores @ p["W2"].T
dhidden[hidden <= 0] = 0
grads["W1"] = X.T @ dhidden + reg * p["W1"]
grads["b1"] = np.sum(dhidden, axis=0)

# sgd
for k in p:
    p[k] -= 0.1 * grads[k]
print("loss", loss)
for k in grads:
    print(k, grads[k].shape)
