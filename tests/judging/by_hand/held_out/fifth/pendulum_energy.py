from math import sin, cos, sqrt

# a charged bob on a rod of length ell, a fixed charge at (D, 0)
q = 0.8
m = 1.5
theta = 0.6
ell = 1.2
omega = 0.9
D = 2.0
g = 9.81

# forward
s = sin(theta)
c = cos(theta)
px = ell * s
py = -ell * c
rx = px - D
r2 = rx * rx + py * py
r = sqrt(r2)
V = q / r
v = ell * omega
T = 0.5 * m * v * v
U = m * g * py
E = T + U + V

# backward
dE_dT = dE_dU = dE_dV = 1.0
dE_dm = dE_dU * g * py
dE_dpy = dE_dU * m * g
dE_dm += dE_dT * 0.5 * v * v
dE_dv = dE_dT * m * v
dE_dell = dE_dv * omega
dE_domega = dE_dv * ell
dE_dq = dE_dV / r
dE_dr = -dE_dV * q / (r * r)
dE_dr2 = dE_dr * 0.5 / r
dE_drx = dE_dr2 * 2 * rx
dE_dpy += dE_dr2 * 2 * py
dE_dpx = dE_drx
dE_dell += dE_dpy * (-c)
dE_dc = dE_dpy * (-ell)
dE_dell += dE_dpx * s
dE_ds = dE_dpx * ell
dE_dtheta = dE_ds * c - dE_dc * s

print("E", E)
print("q %.4f m %.4f theta %.4f ell %.4f omega %.4f" % (dE_dq, dE_dm, dE_dtheta, dE_dell, dE_domega))
