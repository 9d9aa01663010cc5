import numpy as np

np.random.seed(92)
x = np.random.randn(5, 4)
W1 = np.random.randn(4, 4) * 0.6
W2 = np.random.randn(4, 4) * 0.6
y = np.random.randn(5, 4)

# forward
u = x @ W1
s = 1 / (1 + np.exp(-u))
a = u * s                 # swish
v = a @ W2
r = x + v                 # skip connection
diff = r - y
loss = (diff ** 2).sum() / (2 * len(x))

# backward
ddiff = diff / len(x)
dr = ddiff
dv = dr
dW2 = a.T @ dv
da = dv @ W2.T
du = da * (s + a * (1 - s))
dW1 = x.T @ du
dx = du @ W1.T + dr
print("loss", loss)
print("dx", dx)
