# softmax temperature: lse = tau * log sum exp(x / tau), and loss = lse^2 / 2 - x[0]
import math

xs = [0.3, -1.2, 2.1, 0.8]
tau = 1.6

us = [x / tau for x in xs]
top = max(us)
es = [math.exp(u - top) for u in us]
S = sum(es)
logS = math.log(S) + top
lse = tau * logS
loss = 0.5 * lse ** 2 - xs[0]

# now backwards
dlse = lse
dtau = logS * dlse
dlogS = tau * dlse
dus = []
for e in es:
    dus.append(e / S * dlogS)          # top cancels out
dxs = [0.0] * len(xs)
for i, x in enumerate(xs):
    dxs[i] += dus[i] / tau
    dtau += dus[i] * (-x / tau ** 2)
dxs[0] += -1.0

print("lse", lse, "loss", loss)
print("dxs", dxs)
print("dtau", dtau)
