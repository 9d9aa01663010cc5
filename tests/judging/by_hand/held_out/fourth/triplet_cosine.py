import numpy as np

a = np.array([0.9, -0.4, 1.7])
p = np.array([0.2, 0.8, 1.1])
n = np.array([1.0, -0.1, 0.6])
margin = 0.4

# forward
na = np.sqrt(a @ a)
np_ = np.sqrt(p @ p)
nn = np.sqrt(n @ n)
sp = (a @ p) / (na * np_)
sn = (a @ n) / (na * nn)
raw = sn - sp + margin
loss = max(0.0, raw)

# backward
draw = 1.0 if raw > 0 else 0.0
dsn = draw
dsp = -draw
da = dsp * (p / (na * np_) - sp * a / na ** 2)
dp = dsp * (a / (na * np_) - sp * p / np_ ** 2)
da += dsn * (n / (na * nn) - sn * a / na ** 2)
dn = dsn * (a / (na * nn) - sn * n / nn ** 2)

print("sims", sp, sn, "loss", loss)
print("da", da)
print("dp", dp)
print("dn", dn)
