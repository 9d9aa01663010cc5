import numpy as np

rng = np.random.default_rng(0)
sizes = [2, 3, 2]
biases = [rng.standard_normal((k, 1)) for k in sizes[1:]]
weights = [rng.standard_normal((k, j)) for j, k in zip(sizes[:-1], sizes[1:])]
x = rng.standard_normal((2, 1))
y = np.array([[1.0], [0.0]])


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


nabla_b = [np.zeros(b.shape) for b in biases]
nabla_w = [np.zeros(w.shape) for w in weights]
activation = x
activations = [x]
zs = []
for b, w in zip(biases, weights):
    z = np.dot(w, activation) + b
    zs.append(z)
    activation = sigmoid(z)
    activations.append(activation)
cost = 0.5 * np.sum((activations[-1] - y) ** 2)

delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
nabla_b[-1] = delta
nabla_w[-1] = np.dot(delta, activations[-2].transpose())
for l in range(2, 3):
    z = zs[-l]
    sp = sigmoid_prime(z)
    delta = np.dot(weights[-l + 1].transpose(), delta) * sp
    nabla_b[-l] = delta
    nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
