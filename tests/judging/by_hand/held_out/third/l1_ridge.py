import numpy as np

rng = np.random.RandomState(909)
n, d = 15, 4
X = rng.randn(n, d)
w_true = np.array([1.0, -2.0, 0.0, 0.5])
y = X @ w_true + 0.3 * rng.standard_t(2, size=n)
w = rng.randn(d) * 0.1
c = 0.0
alpha = 0.02

# forward
pred = X @ w + c
abs_err = np.abs(pred - y)
mae = abs_err.mean()
ridge = alpha * w.dot(w)
loss = mae + ridge

# backward
grad_pred = np.sign(pred - y) / n
grad_w = X.T @ grad_pred + 2 * alpha * w
grad_c = grad_pred.sum()

print("loss =", loss)
print("grad_w =", grad_w, "grad_c =", grad_c)
w_next = w - 0.1 * grad_w
c_next = c - 0.1 * grad_c
print("next loss =", np.abs(X @ w_next + c_next - y).mean() + alpha * w_next @ w_next)
