from math import exp, log, sqrt

a, b, c = 2.0, -1.5, 0.75

# forward
q = a * b
s = q + c
sp = log(1 + exp(s))          # softplus
r = sqrt(a * a + c * c)
L = sp / r - 0.1 * log(a)

# backward
dL_dsp = 1 / r
dL_dr = -sp / (r * r)
dL_da = -0.1 / a
dL_da += dL_dr * a / r
dL_dc = dL_dr * c / r
sig = 1 / (1 + exp(-s))       # derivative of softplus
dL_ds = dL_dsp * sig
dL_dc += dL_ds
dL_dq = dL_ds
dL_da += dL_dq * b
dL_db = dL_dq * a

print("L", L)
print("dL_da", dL_da)
print("dL_db", dL_db)
print("dL_dc", dL_dc)


def value(a, b, c):
    return log(1 + exp(a * b + c)) / sqrt(a * a + c * c) - 0.1 * log(a)


h = 1e-6
print("numeric:",
      (value(a + h, b, c) - value(a - h, b, c)) / (2 * h),
      (value(a, b + h, c) - value(a, b - h, c)) / (2 * h),
      (value(a, b, c + h) - value(a, b, c - h)) / (2 * h))
