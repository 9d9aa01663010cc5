import numpy as np

np.random.seed(6)
xs = np.linspace(-1.0, 1.0, 9)
ys = np.sin(3 * xs)
coef = np.array([0.2, -0.5, 1.1, 0.3])   # c0 + c1 x + c2 x^2 + c3 x^3
n = len(xs)

# Horner: p3 = c3, p2 = p3*x + c2, ...
p = {}
p[3] = np.full(n, coef[3])
for k in (2, 1, 0):
    p[k] = p[k + 1] * xs + coef[k]
res = p[0] - ys
loss = np.mean(res ** 2)
print("mse", loss)

# back through Horner
dp = {}
dcoef = np.zeros_like(coef)
dxs = np.zeros_like(xs)
dres = 2 * res / n
dp[0] = dres
for k in (0, 1, 2):
    dcoef[k] = dp[k].sum()
    dxs += dp[k] * p[k + 1]
    dp[k + 1] = dp[k] * xs
dcoef[3] = dp[3].sum()
dxs += -dres * 3 * np.cos(3 * xs)   # the targets depend on xs as well

print("dcoef", dcoef)
# the same with a Vandermonde matrix
V = np.vander(xs, 4, increasing=True)
print("other ", V.T @ (2 * (V @ coef - ys) / n))
