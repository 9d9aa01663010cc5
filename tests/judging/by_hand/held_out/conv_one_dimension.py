import numpy as np

x = np.array([1.0, -2.0, 0.5, 3.0, -1.0])
k = np.array([0.2, -0.7, 1.1])
c = 0.3
out = np.array([np.sum(x[i : i + 3] * k) + c for i in range(3)])
act = np.where(out > 0, out, 0.1 * out)
L = np.sum(act**3)

d_act = 3 * act**2
d_out = d_act * np.where(out > 0, 1.0, 0.1)
d_c = d_out.sum()
d_k = np.array([np.sum(d_out * x[j : j + 3]) for j in range(3)])
d_x = np.zeros(5)
for i in range(3):
    d_x[i : i + 3] += d_out[i] * k
