import numpy as np

a = np.array([0.5, -1.2, 2.0, 0.3])
w = np.array([1.0, 0.7, -0.4, 2.5])
x = 0.8

# y = log sum_i exp(w_i * x + a_i)
v = w * x + a
c = v.max()             # only a constant shift, cancels in the gradient
e = np.exp(v - c)
s = e.sum()
lse = np.log(s)
y = lse + c

# reverse
dlse = 1.0
ds = 1.0 / s
ds = ds * dlse
de = ds * np.ones_like(e)
dv = de * e
da = dv
dw = dv * x
dx = (dv * w).sum()

print("y  =", y)
print("da =", da, " (should be a distribution)")
print("dw =", dw)
print("dx =", dx)
