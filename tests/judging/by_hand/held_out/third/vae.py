import numpy as np

np.random.seed(19)
n, d, h, k = 5, 6, 4, 2
X = np.random.rand(n, d)
noise = np.random.randn(n, k)
We = np.random.randn(d, h) * 0.5
Wm = np.random.randn(h, k) * 0.5
Ws = np.random.randn(h, k) * 0.5
Wd = np.random.randn(k, d) * 0.5
bd = np.zeros(d)

# encoder
H = np.tanh(X @ We)
mu = H @ Wm
logvar = H @ Ws
# reparametrisation
std = np.exp(0.5 * logvar)
Z = mu + std * noise
# decoder
Xr = Z @ Wd + bd
rec = 0.5 * np.sum((Xr - X) ** 2) / n
kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / n
loss = rec + kl
print("rec %.4f  kl %.4f" % (rec, kl))

gXr = (Xr - X) / n
gWd = Z.T @ gXr
gbd = gXr.sum(axis=0)
gZ = gXr @ Wd.T
gmu = gZ + mu / n
gstd = gZ * noise
glogvar = gstd * 0.5 * std
glogvar += -0.5 * (1 - np.exp(logvar)) / n
gWm = H.T @ gmu
gWs = H.T @ glogvar
gH = gmu @ Wm.T + glogvar @ Ws.T
gWe = X.T @ (gH * (1 - H ** 2))

for name in ["gWe", "gWm", "gWs", "gWd", "gbd"]:
    print(name, globals()[name].ravel()[:3])
