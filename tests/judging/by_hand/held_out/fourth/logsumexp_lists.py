from math import exp, log

a = [0.2, 1.7, -0.9]
k = 1.4

# forward
t = [k * ai for ai in a]
mx = max(t)
e = [exp(ti - mx) for ti in t]
ssum = e[0] + e[1] + e[2]
lg = log(ssum)
lse = lg + mx
f = lse / k

# backward (mx cancels, so it is held as a constant; its 1 and -1 sum to zero)
dlse = 1.0 / k
dk = -lse / k ** 2
dlg = dlse
dssum = dlg / ssum
dt = [0.0, 0.0, 0.0]
for i in range(3):
    dt[i] += e[i] * dssum
da = [0.0, 0.0, 0.0]
for i in range(3):
    da[i] += k * dt[i]
    dk += a[i] * dt[i]

print(f)
print(da, dk)
