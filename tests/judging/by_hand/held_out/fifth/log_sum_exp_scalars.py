import math

a = 0.4
b = 1.9
c = -0.8

# L = log(e^a + e^b + e^c) - b * c
m = max(a, b, c)
ea = math.exp(a - m)
eb = math.exp(b - m)
ec = math.exp(c - m)
s = ea + eb + ec
lse = m + math.log(s)
bc = b * c
L = lse - bc

dLdlse = 1.0
dLdbc = -1.0
# m cancels, so it needs no gradient of its own
dLds = dLdlse / s
dLda = dLds * ea
dLdb = dLds * eb
dLdc = dLds * ec
dLdb += dLdbc * c
dLdc += dLdbc * b
print("L = %.6f" % L)
print("dLda = %.6f" % dLda)
print("dLdb = %.6f" % dLdb)
print("dLdc = %.6f" % dLdc)
