import numpy as np

X = np.array([[0.5, -1.2], [1.5, 0.3], [-0.7, 0.8]])
W1 = np.array([[0.1, -0.4, 0.25, 0.6], [-0.3, 0.2, 0.55, -0.15]])
W2 = np.array([[0.35, -0.2], [-0.45, 0.5], [0.15, 0.7], [-0.6, 0.05]])
y = np.array([[1.0, 0.0], [-0.5, 0.25], [0.75, -1.0]])
lam = 0.1

# forward pass
z = X @ W1                                       #(1)
h = np.tanh(z)                                   #(2)
o = h @ W2                                       #(3)
L = np.mean((o - y) ** 2)                        #(4)
s = lam / 2 * (np.sum(W1**2) + np.sum(W2**2))    #(5)
J = L + s                                        #(6)

# backprop J = L + s
dL = 1.0                                         #(6)
ds = 1.0                                         #(6)
# backprop s = lam / 2 * (np.sum(W1**2) + np.sum(W2**2))
dW1 = lam * W1 * ds                              #(5)
dW2 = lam * W2 * ds                              #(5)
# backprop L = np.mean((o - y) ** 2)
do = 2 * (o - y) / o.size * dL                   #(4)
# backprop o = h @ W2
dh = do @ W2.T                                   #(3)
dW2 += h.T @ do                   # Notice +=    #(3)
# backprop h = np.tanh(z)
dz = (1 - h**2) * dh                             #(2)
# backprop z = X @ W1
dW1 += X.T @ dz                   # Notice +=    #(1)
