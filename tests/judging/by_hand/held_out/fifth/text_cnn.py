import numpy as np

rng = np.random.RandomState(66)
V, d, width, nf = 8, 3, 2, 4
E = rng.randn(V, d)
F = rng.randn(nf, width * d) * 0.5
bF = rng.randn(nf) * 0.1
u = rng.randn(nf)
mask = np.array([1, 1, 0, 1]) / 0.75
tokens = [5, 1, 1, 6, 0]
label = 1

emb = E[tokens]
T = len(tokens) - width + 1
win = np.stack([emb[s:s + width].ravel() for s in range(T)])
fm = np.tanh(win @ F.T + bF)
where = fm.argmax(axis=0)
pooled = fm[where, np.arange(nf)]
dropped = pooled * mask
logit = dropped @ u
prob = 1 / (1 + np.exp(-logit))
loss = -(label * np.log(prob) + (1 - label) * np.log(1 - prob))

dlogit = prob - label
du = dlogit * dropped
ddropped = dlogit * u
dpooled = ddropped * mask
dfm = np.zeros_like(fm)
dfm[where, np.arange(nf)] = dpooled
dpre = dfm * (1 - fm ** 2)
dF = dpre.T @ win
dbF = dpre.sum(axis=0)
dwin = dpre @ F
demb = np.zeros_like(emb)
for s in range(T):
    demb[s:s + width] += dwin[s].reshape(width, d)
dE = np.zeros_like(E)
for pos, tok in enumerate(tokens):
    dE[tok] += demb[pos]

print("prob", prob, "loss", loss)
print("dE", dE)
print("du", du)
