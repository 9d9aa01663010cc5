import math

z = [1.1, 0.7, 1.9, 1.4, 2.2]
a = 0.95
q, r = 0.3, 0.8
x0, P0 = 0.5, 1.0
T = len(z)

# forward filter
x, P = [x0], [P0]
Pp, K, S, innov = [], [], [], []
nll = 0.0
for t in range(T):
    xp = a * x[t]
    Pp.append(a * a * P[t] + q)
    S.append(Pp[t] + r)
    K.append(Pp[t] / S[t])
    innov.append(z[t] - xp)
    x.append(xp + K[t] * innov[t])
    P.append((1 - K[t]) * Pp[t])
    nll += 0.5 * (math.log(S[t]) + innov[t] ** 2 / S[t])

# backward through the filter
dx = [0.0] * (T + 1)
dP = [0.0] * (T + 1)
dq = dr = 0.0
for t in range(T - 1, -1, -1):
    dS = 0.5 * (1 / S[t] - innov[t] ** 2 / S[t] ** 2)
    dinn = innov[t] / S[t]
    # P[t+1] = (1 - K) Pp
    dP_pred = dP[t + 1] * (1 - K[t])
    dK = -dP[t + 1] * Pp[t]
    # x[t+1] = xp + K innov
    dxp = dx[t + 1]
    dK += dx[t + 1] * innov[t]
    dinn += dx[t + 1] * K[t]
    dxp -= dinn
    # K = Pp / S
    dP_pred += dK / S[t]
    dS -= dK * Pp[t] / S[t] ** 2
    # S = Pp + r
    dP_pred += dS
    dr += dS
    # Pp = a^2 P + q
    dq += dP_pred
    dP[t] += a * a * dP_pred
    dx[t] += a * dxp

print("nll", nll)
print("dq", dq, "dr", dr)
