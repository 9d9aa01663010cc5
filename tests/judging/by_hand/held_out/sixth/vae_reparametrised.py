import numpy as np

np.random.seed(29)
n, d, hdim, zdim = 4, 6, 5, 2
x = np.random.rand(n, d)
We = np.random.randn(d, hdim) * 0.5
Wm = np.random.randn(hdim, zdim) * 0.5
Ws = np.random.randn(hdim, zdim) * 0.5
Wd = np.random.randn(zdim, d) * 0.5
eps = np.random.randn(n, zdim)

# encoder
h = np.tanh(x @ We)
mu = h @ Wm
logvar = h @ Ws
std = np.exp(0.5 * logvar)
z = mu + std * eps
# decoder
rec = z @ Wd
recon = 0.5 * np.sum((rec - x) ** 2) / n
kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / n
loss = recon + kl
print("recon %.4f  kl %.4f" % (recon, kl))

drec = (rec - x) / n
dWd = z.T @ drec
dz = drec @ Wd.T
dmu = dz.copy()
dlogvar = dz * eps * 0.5 * std
# the KL terms
dmu += mu / n
dlogvar += 0.5 * (np.exp(logvar) - 1) / n
dWm = h.T @ dmu
dWs = h.T @ dlogvar
dh = dmu @ Wm.T + dlogvar @ Ws.T
dhpre = dh * (1 - h ** 2)
dWe = x.T @ dhpre
dx = dhpre @ We.T - drec

print("dWe", np.linalg.norm(dWe), "dWs", np.linalg.norm(dWs), "dx", np.linalg.norm(dx))
