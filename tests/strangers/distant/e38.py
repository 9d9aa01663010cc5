# shape: layers with forward(x)/backward(grad_out) on plain arrays; Sequential([...]); parameters' gradients in layer.grads dict; input gradient is what backward returns
# mistake: Tanh (used twice in one network) | backward | - | its cache is a class attribute shared by all the Tanh instances, so the earlier one differentiates at the later one's output
import numpy as np


class Layer:
    params, grads = {}, {}

    def forward(self, x):
        raise NotImplementedError

    def backward(self, dout):
        raise NotImplementedError

    def __call__(self, x):
        return self.forward(x)


class Dense(Layer):
    def __init__(self, n, m, seed=0):
        r = np.random.RandomState(seed)
        self.params = {"W": r.randn(n, m) / np.sqrt(n), "b": np.zeros(m)}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        self.grads["W"] = self.x.T @ dout
        self.grads["b"] = dout.sum(axis=0)
        return dout @ self.params["W"].T


class Tanh(Layer):
    cache = {}

    def forward(self, x):
        self.cache["y"] = np.tanh(x)
        return self.cache["y"]

    def backward(self, dout):
        return dout * (1 - self.cache["y"] ** 2)


class ReLU(Layer):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Sigmoid(Layer):
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)


class LayerNorm(Layer):
    def __init__(self, n, eps=1e-5):
        self.params = {"gamma": np.ones(n), "beta": np.zeros(n)}
        self.grads = {"gamma": np.zeros(n), "beta": np.zeros(n)}
        self.eps = eps

    def forward(self, x):
        mu = x.mean(axis=1, keepdims=True)
        self.inv = 1 / np.sqrt(x.var(axis=1, keepdims=True) + self.eps)
        self.xhat = (x - mu) * self.inv
        return self.xhat * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        self.grads["gamma"] = (dout * self.xhat).sum(axis=0)
        self.grads["beta"] = dout.sum(axis=0)
        d = dout * self.params["gamma"]
        return self.inv * (d - d.mean(axis=1, keepdims=True)
                           - self.xhat * (d * self.xhat).mean(axis=1, keepdims=True))


class Residual(Layer):
    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)

    def backward(self, dout):
        return dout + self.inner.backward(dout)


class Sequential(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for l in self.layers:
            x = l(x)
        return x

    def backward(self, dout):
        for l in reversed(self.layers):
            dout = l.backward(dout)
        return dout


class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        z = logits - logits.max(axis=1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        self.p, self.labels = p, labels
        return -np.log(p[np.arange(len(labels)), labels]).mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(d)), self.labels] -= 1
        return d / len(d)
