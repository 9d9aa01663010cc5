# fit spring constants: simulate a few Euler steps and go back through them
import math

m, k, c = 1.3, 4.0, 0.35
x0, v0 = 1.0, 0.2
dt = 0.1
steps = 6
target = 0.25

x, v = [x0], [v0]
for t in range(steps):
    force = -k * x[t] - c * v[t]
    acc = force / m
    v.append(v[t] + dt * acc)
    x.append(x[t] + dt * v[t + 1])      # semi-implicit: new velocity
energy = 0.5 * k * x[-1] ** 2 + 0.5 * m * v[-1] ** 2
miss = x[-1] - target
loss = miss ** 2 + 0.1 * math.sqrt(energy)

# backward
dmiss = 2 * miss
denergy = 0.1 * 0.5 / math.sqrt(energy)
dx = dmiss + denergy * k * x[-1]
dv = denergy * m * v[-1]
dk = denergy * 0.5 * x[-1] ** 2
dm = denergy * 0.5 * v[-1] ** 2
dc = 0.0
for t in range(steps - 1, -1, -1):
    dv += dt * dx                       # x[t+1] used v[t+1]
    dacc = dt * dv
    force = -k * x[t] - c * v[t]
    dforce = dacc / m
    dm += dacc * (-force / m ** 2)
    dk += -dforce * x[t]
    dc += -dforce * v[t]
    dx += -dforce * k
    dv += -dforce * c

print("x:", [round(q, 4) for q in x])
print("loss =", loss)
print("dk, dc, dm =", dk, dc, dm)
print("dx0, dv0 =", dx, dv)
