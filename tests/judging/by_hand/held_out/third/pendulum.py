import math

# energy of a pendulum that loses amplitude, E = exp(-gamma t) (m l^2 w^2 / 2 + m g l (1 - cos th))
m = 0.8
l = 1.5
theta = 0.9
omega = 1.1
gamma = 0.25
t = 2.0
g = 9.81

v = l * omega
v2 = v * v
kin = 0.5 * m * v2
co = math.cos(theta)
height = l * (1 - co)
pot = m * g * height
total = kin + pot
arg = -gamma * t
damp = math.exp(arg)
E = damp * total
print("E =", E)

dE_ddamp = total
dE_dtotal = damp
dE_darg = dE_ddamp * damp
dE_dgamma = dE_darg * -t
dE_dt = dE_darg * -gamma
dE_dkin = dE_dtotal
dE_dpot = dE_dtotal
dE_dm = dE_dpot * g * height
dE_dheight = dE_dpot * m * g
dE_dl = dE_dheight * (1 - co)
dE_dco = -dE_dheight * l
dE_dtheta = dE_dco * -math.sin(theta)
dE_dm += dE_dkin * 0.5 * v2
dE_dv2 = dE_dkin * 0.5 * m
dE_dv = dE_dv2 * 2 * v
dE_dl += dE_dv * omega
dE_domega = dE_dv * l

for n in ("m", "l", "theta", "omega", "gamma", "t"):
    print("dE/d%-6s %10.5f" % (n, globals()["dE_d" + n]))
