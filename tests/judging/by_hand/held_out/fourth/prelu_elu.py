import numpy as np

np.random.seed(99)
x = np.random.randn(6, 3)
W = np.random.randn(3, 4)
V = np.random.randn(4, 2)
alpha = np.array([0.1, 0.25, 0.3, 0.05])

# forward
z = x @ W
a = np.where(z > 0, z, alpha * z)          # PReLU, one slope per unit
u = a @ V
e = np.where(u > 0, u, np.exp(np.minimum(u, 0)) - 1)   # ELU
loss = np.mean(e ** 2)

# backward
de = 2 * e / e.size
du = de * np.where(u > 0, 1.0, e + 1)
dV = a.T @ du
da = du @ V.T
dalpha = np.sum(da * np.where(z > 0, 0.0, z), axis=0)
dz = da * np.where(z > 0, 1.0, alpha)
dW = x.T @ dz
print("loss", loss)
print("dalpha", dalpha)
