# harness exercise: cases/lecture/one_hidden_layer.yaml
import numpy as np

X = np.array([[0.5, -1.2], [1.5, 0.3], [-0.7, 0.8]])  # example values
W1 = np.array([[0.1, -0.4, 0.25, 0.6], [-0.3, 0.2, 0.55, -0.15]])
W2 = np.array([[0.35, -0.2], [-0.45, 0.5], [0.15, 0.7], [-0.6, 0.05]])
y = np.array([[1.0, 0.0], [-0.5, 0.25], [0.75, -1.0]])
lam = np.float64(0.1)

# forward pass
z = X @ W1
h = np.tanh(z)
o = h @ W2
L = np.mean((o - y) ** 2)
t5 = lam / 2
t6 = W1**2
t7 = np.sum(t6)
t8 = W2**2
t9 = np.sum(t8)
t10 = t7 + t9
s = t5 * t10
J = L + s  # done!

dJ = np.float64(1.0)  # seed
# backprop J = L + s
dL = dJ
ds = dJ
# backprop s = t5 * t10
dt10 = t5 * ds
# backprop t10 = t7 + t9
dt7 = dt10
dt9 = dt10
# backprop t9 = np.sum(t8)
dt8 = np.broadcast_to(dt9, t8.shape)
# backprop t8 = W2**2
dW2 = (2 * W2) * dt8
# backprop t7 = np.sum(t6)
dt6 = np.broadcast_to(dt7, t6.shape)
# backprop t6 = W1**2
dW1 = (2 * W1) * dt6
# backprop L = np.mean((o - y)**2)
do = 2 * (o - y) / 6 * dL
dy = 2 * (y - o) / 6 * dL
# backprop o = h @ W2
dh = do @ W2.T
dW2 += h.T @ do  # Notice +=
# backprop h = np.tanh(z)
dz = (1 - h**2) * dh
# backprop z = X @ W1
dX = dz @ W1.T
dW1 += X.T @ dz  # Notice +=
# done! phew
