import numpy as np

# scalar Kalman filter, gradient of the squared innovations by hand
obs = np.array([0.9, 1.4, 0.7, 1.9, 2.2])
T = len(obs)
a = 0.95
q = 0.3
r = 0.8
m0 = 0.1
P0 = 1.0

m, P = [m0], [P0]
mp, Pp, K = [], [], []
loss = 0.0
for t in range(T):
    mp.append(a * m[t])
    Pp.append(a * a * P[t] + q)
    K.append(Pp[t] / (Pp[t] + r))
    m.append(mp[t] + K[t] * (obs[t] - mp[t]))
    P.append((1 - K[t]) * Pp[t])
    loss += 0.5 * (obs[t] - mp[t]) ** 2
loss += P[T]
print("loss", loss)

da = dq = dr = 0.0
dK = np.zeros(T)
dm = np.zeros(T)
dP = np.zeros(T)
dm_cur, dP_cur = 0.0, 1.0
for t in range(T - 1, -1, -1):
    dm[t] = dm_cur
    dP[t] = dP_cur
    dK[t] = dm[t] * (obs[t] - mp[t]) - dP[t] * Pp[t]
    dmp = dm[t] * (1 - K[t]) - (obs[t] - mp[t])
    dPp = dP[t] * (1 - K[t])
    S = Pp[t] + r
    dPp += dK[t] * r / S ** 2
    dr += -dK[t] * Pp[t] / S ** 2
    dq += dPp
    da += dmp * m[t] + dPp * 2 * a * P[t]
    dm_cur = dmp * a
    dP_cur = dPp * a * a
dm0 = dm_cur
dP0 = dP_cur

print("da %.5f dq %.5f dr %.5f dm0 %.5f dP0 %.5f" % (da, dq, dr, dm0, dP0))
