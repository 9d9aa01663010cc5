import math

m, v, k, h = 2.0, 0.6, 0.35, 1.8
c0 = 1.0
g0 = 9.81

# forward
beta = v / c0
b2 = beta * beta
root = math.sqrt(1 - b2)
gamma = 1 / root
kin = (gamma - 1) * m * c0 ** 2
pot = m * g0 * h
damp = math.exp(-k * h)
E = kin * damp + pot

# backward
d_E = 1.0
d_kin = damp * d_E
d_damp = kin * d_E
d_pot = d_E
d_k = -h * damp * d_damp
d_h = -k * damp * d_damp
d_m = g0 * h * d_pot
d_h += m * g0 * d_pot
d_gamma = m * c0 ** 2 * d_kin
d_m += (gamma - 1) * c0 ** 2 * d_kin
d_root = -1 / root ** 2 * d_gamma
d_b2 = -1 / (2 * root) * d_root
d_beta = 2 * beta * d_b2
d_v = d_beta / c0

print("E", E)
print("d_m %.6f d_v %.6f d_k %.6f d_h %.6f" % (d_m, d_v, d_k, d_h))
