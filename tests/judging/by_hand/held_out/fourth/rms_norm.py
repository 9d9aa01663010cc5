import numpy as np

np.random.seed(31)
B, D = 3, 5
x = np.random.randn(B, D)
g = 1 + 0.3 * np.random.randn(D)
w = np.random.randn(B, D)
eps = 1e-6

# forward
ms = np.mean(x ** 2, axis=-1, keepdims=True)
r = (ms + eps) ** -0.5
xn = x * r
y = xn * g
L = np.sum(w * np.sin(y))

# backward
dLdy = w * np.cos(y)
dLdg = np.einsum('bd,bd->d', dLdy, xn)
dLdxn = dLdy * g
dLdr = np.sum(dLdxn * x, axis=-1, keepdims=True)
dLdx = dLdxn * r
dLdms = -0.5 * (ms + eps) ** -1.5 * dLdr
dLdx += dLdms * 2 * x / D
print(L)
print(dLdx)
print(dLdg)
