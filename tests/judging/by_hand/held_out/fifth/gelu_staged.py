import numpy as np

x = np.array([-1.7, -0.4, 0.3, 0.9, 2.2])
w = np.array([0.5, -1.0, 2.0, 1.5, -0.3])

# forward
k = np.sqrt(2.0 / np.pi)
x3 = x ** 3
u = k * (x + 0.044715 * x3)
t = np.tanh(u)
half = 0.5 * x
y = half * (1 + t)
L = np.dot(w, y)

# backward
dL_dy = w
dL_dhalf = dL_dy * (1 + t)
dL_dt = dL_dy * half
dL_du = dL_dt * (1 - t ** 2)
dL_dx3 = dL_du * k * 0.044715
dL_dx = dL_du * k
dL_dx += dL_dx3 * 3 * x ** 2
dL_dx += dL_dhalf * 0.5

print("L", L)
print("dL_dx", dL_dx)
