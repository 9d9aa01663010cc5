import numpy as np

a, q, r = 0.9, 0.3, 0.5
m0, P0 = 0.0, 1.0
z = [0.8, 1.1, 0.4, -0.2, 0.1]

# forward
mean, var = m0, P0
tape = []
loss = 0.0
for obs in z:
    mp = a * mean
    Pp = a * a * var + q
    S = Pp + r
    K = Pp / S
    innov = obs - mp
    loss += 0.5 * (np.log(S) + innov ** 2 / S)
    new_mean = mp + K * innov
    new_var = (1 - K) * Pp
    tape.append((mean, var, mp, Pp, S, K, innov))
    mean, var = new_mean, new_var

# backward
dm, dP = 0.0, 0.0
da = dq = dr = 0.0
for mean, var, mp, Pp, S, K, innov in reversed(tape):
    dK = dm * innov - dP * Pp
    dPp = dP * (1 - K)
    dmp = dm
    dinnov = dm * K + innov / S
    dS = 0.5 * (1 / S - innov ** 2 / S ** 2)
    dmp -= dinnov
    dPp += dK / S
    dS -= dK * Pp / S ** 2
    dPp += dS
    dr += dS
    dq += dPp
    da += dPp * 2 * a * var + dmp * mean
    dP = dPp * a * a
    dm = dmp * a

print("neg. log-likelihood", loss)
print("da", da, "dq", dq, "dr", dr)
print("dm0", dm, "dP0", dP)
