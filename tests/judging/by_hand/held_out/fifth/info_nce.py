import numpy as np

np.random.seed(41)
N, d, tau = 5, 4, 0.5
Z = np.random.randn(N, d)
K = np.random.randn(N, d)
K = K * 0.8

zn = np.sqrt((Z ** 2).sum(1, keepdims=True))
kn = np.sqrt((K ** 2).sum(1, keepdims=True))
zu = Z / zn
ku = K / kn
sim = zu @ ku.T / tau
p = np.exp(sim - sim.max(1, keepdims=True))
p = p / p.sum(1, keepdims=True)
loss = -np.log(np.diag(p)).mean()

dsim = (p - np.eye(N)) / N
dzu = dsim @ ku / tau
dku = dsim.T @ zu / tau
dZ = (dzu - zu * (zu * dzu).sum(1, keepdims=True)) / zn
dK = (dku - ku * (ku * dku).sum(1, keepdims=True)) / kn

print("loss", loss)
print("dZ", dZ)
print("dK", dK)
