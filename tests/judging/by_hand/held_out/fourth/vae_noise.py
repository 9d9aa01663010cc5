import numpy as np

np.random.seed(98)
N, D, Z = 5, 4, 2
x = np.random.rand(N, D)
Wm = np.random.randn(D, Z) * 0.5
Wl = np.random.randn(D, Z) * 0.5
Wd = np.random.randn(Z, D) * 0.5
noise = np.random.randn(N, Z)

# encoder
mu = x @ Wm
logvar = x @ Wl
std = np.exp(0.5 * logvar)
z = mu + std * noise
# decoder
o = z @ Wd
rec = 1 / (1 + np.exp(-o))
bce = -np.sum(x * np.log(rec) + (1 - x) * np.log(1 - rec)) / N
kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / N
loss = bce + kl

do = (rec - x) / N
dWd = z.T @ do
dz = do @ Wd.T
dmu = dz.copy()
dstd = dz * noise
dlogvar = dstd * 0.5 * std
dmu += mu / N
dlogvar += 0.5 * (np.exp(logvar) - 1) / N
dWm = x.T @ dmu
dWl = x.T @ dlogvar
print("bce", bce, "kl", kl)
