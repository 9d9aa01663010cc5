import numpy as np

np.random.seed(25)
n, p = 9, 3
X = np.random.randn(n, p)
t = 2 * np.random.randn(n)
w = np.random.randn(p)
b = 0.1
delta, lam1, lam2 = 0.8, 0.05, 0.02

r = X @ w + b - t
absr = np.abs(r)
quad = absr <= delta
hub = np.where(quad, 0.5 * r ** 2, delta * (absr - 0.5 * delta))
huber = hub.mean()
l1 = lam1 * np.abs(w).sum()
l2 = lam2 * (w ** 2).sum()
loss = huber + l1 + l2

dr_hub = np.where(quad, r, delta * np.sign(r)) / n
dX = dr_hub[:, None] * w[None, :]
dw = X.T @ dr_hub
dw += lam1 * np.sign(w)
dw += 2 * lam2 * w
db = dr_hub.sum()

print("quadratic part:", quad.sum(), "of", n)
print("loss", loss, "dw", dw, "db", db)

h = 1e-6
for j in range(p):
    wp = w.copy()
    wp[j] += h
    rp = X @ wp + b - t
    ap = np.abs(rp)
    lp = np.where(ap <= delta, 0.5 * rp ** 2, delta * (ap - 0.5 * delta)).mean()
    lp += lam1 * np.abs(wp).sum() + lam2 * (wp ** 2).sum()
    print(j, (lp - loss) / h)
