# harness exercise: cases/lecture/one_hidden_layer.yaml
# Write what belongs in the place of each ..., then: harness check network.py
import numpy as np

X = np.array([[0.5, -1.2], [1.5, 0.3], [-0.7, 0.8]])  # example values
W1 = np.array([[0.1, -0.4, 0.25, 0.6], [-0.3, 0.2, 0.55, -0.15]])
W2 = np.array([[0.35, -0.2], [-0.45, 0.5], [0.15, 0.7], [-0.6, 0.05]])
y = np.array([[1.0, 0.0], [-0.5, 0.25], [0.75, -1.0]])
lam = np.float64(0.1)

# forward pass
z = X @ W1  # (1)
h = np.tanh(z)  # (2)
o = h @ W2  # (3)
L = np.mean((o - y) ** 2)  # (4)
t5 = lam / 2  # (5)
t6 = W1**2  # (6)
t7 = np.sum(t6)  # (7)
t8 = W2**2  # (8)
t9 = np.sum(t8)  # (9)
t10 = t7 + t9  # (10)
s = t5 * t10  # (11)
J = L + s  # done!         #(12)

dJ = np.float64(1.0)  # seed
# backprop J = L + s
dL = ...  # (12)
ds = ...  # (12)
# backprop s = t5 * t10
dt10 = ...  # (11)
# backprop t10 = t7 + t9
dt7 = ...  # (10)
dt9 = ...  # (10)
# backprop t9 = np.sum(t8)
dt8 = ...  # (9)
# backprop t8 = W2**2
dW2 = ...  # (8)
# backprop t7 = np.sum(t6)
dt6 = ...  # (7)
# backprop t6 = W1**2
dW1 = ...  # (6)
# backprop L = np.mean((o - y)**2)
do = ...  # (4)
dy = ...  # (4)
# backprop o = h @ W2
dh = ...  # (3)
dW2 += ...  # Notice +=    #(3)
# backprop h = np.tanh(z)
dz = ...  # (2)
# backprop z = X @ W1
dX = ...  # (1)
dW1 += ...  # Notice +=    #(1)
# done! phew
