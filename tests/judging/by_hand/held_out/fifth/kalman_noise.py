import numpy as np

zs = [1.2, 0.7, 1.9, 1.1, 1.6]
q = 0.3
r = 0.8
m0 = 0.0
P0 = 1.0

# filter
m, P = m0, P0
hist = []
loss = 0.0
for z in zs:
    Pp = P + q
    S = Pp + r
    e = z - m
    loss += 0.5 * (e * e / S + np.log(S))
    K = Pp / S
    hist.append((m, Pp, S, e, K))
    m = m + K * e
    P = (1 - K) * Pp

# reverse sweep
gq = gr = 0.0
gm = gP = 0.0
for t in range(len(zs) - 1, -1, -1):
    m_t, Pp, S, e, K = hist[t]
    gK = gm * e - gP * Pp
    gPp = gP * (1 - K)
    ge = gm * K
    gPp += gK / S
    gS = -gK * Pp / S ** 2
    ge += e / S
    gS += 0.5 * (1 / S - e * e / S ** 2)
    gm = gm - ge
    gPp += gS
    gr += gS
    gP = gPp
    gq += gPp

print("nll", loss)
print("gq", gq, "gr", gr)
print("gm0", gm, "gP0", gP)
