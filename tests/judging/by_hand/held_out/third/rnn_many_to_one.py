import numpy as np

np.random.seed(3)
T, B, D, H = 4, 3, 2, 5
X = np.random.randn(T, B, D)
y = np.array([1.0, 0.0, 1.0])
U = np.random.randn(D, H) * 0.5
W = np.random.randn(H, H) * 0.5
v = np.random.randn(H) * 0.5
bias = np.random.randn(H) * 0.1

# forward
states = [np.zeros((B, H))]
for t in range(T):
    states.append(np.tanh(X[t] @ U + states[-1] @ W + bias))
logit = states[-1] @ v
prob = 1 / (1 + np.exp(-logit))
loss = -np.mean(y * np.log(prob) + (1 - y) * np.log(1 - prob))
print(f"loss: {loss:.4f}")

# backward through time
grad_U, grad_W = np.zeros_like(U), np.zeros_like(W)
grad_bias = np.zeros_like(bias)
grad_X = np.zeros_like(X)
grad_logit = (prob - y) / B
grad_v = states[-1].T @ grad_logit
grad_h = np.outer(grad_logit, v)
for t in reversed(range(T)):
    grad_a = grad_h * (1 - states[t + 1] ** 2)
    grad_U += X[t].T @ grad_a
    grad_W += states[t].T @ grad_a
    grad_bias += grad_a.sum(axis=0)
    grad_X[t] = grad_a @ U.T
    grad_h = grad_a @ W.T

print("gradient norms reaching the inputs:")
for t in range(T):
    print("  t =", t, np.linalg.norm(grad_X[t]))
