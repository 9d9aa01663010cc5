import numpy as np

rng = np.random.default_rng(1)
m, n, k = 8, 3, 4
x = rng.normal(size=(m, n))
t = np.eye(k)[rng.integers(0, k, size=m)]
theta = rng.normal(size=(n, k))
bias = rng.normal(size=k)

logits = x @ theta + bias
logits_max = logits.max(axis=1, keepdims=True)
exps = np.exp(logits - logits_max)
probs = exps / exps.sum(axis=1, keepdims=True)
ce = -np.mean(np.sum(t * np.log(probs), axis=1))

grad_logits = (probs - t) / m
grad_theta = x.T @ grad_logits
grad_bias = grad_logits.sum(axis=0)
grad_x = grad_logits @ theta.T
