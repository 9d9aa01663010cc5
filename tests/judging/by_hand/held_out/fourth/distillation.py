import numpy as np

def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    ez = np.exp(z)
    return ez / ez.sum(axis=1, keepdims=True)

def forward(P, x, y, teacher, tau, alpha):
    z = x @ P["W"] + P["b"]
    hard = softmax(z)
    soft = softmax(z / tau)
    t = softmax(teacher / tau)
    n = len(x)
    ce = -np.log(hard[np.arange(n), y]).mean()
    kl = np.sum(t * (np.log(t) - np.log(soft))) / n
    return alpha * ce + (1 - alpha) * tau ** 2 * kl, (x, y, hard, soft, t)

def backward(P, cache, tau, alpha):
    x, y, hard, soft, t = cache
    n = x.shape[0]
    d_hard = hard.copy()
    d_hard[np.arange(n), y] -= 1
    d_hard *= alpha / n
    d_soft = (1 - alpha) * tau ** 2 * (soft - t) / tau / n
    dz = d_hard + d_soft
    return {"W": x.T @ dz, "b": dz.sum(axis=0)}

np.random.seed(90)
x = np.random.randn(6, 4)
y = np.random.randint(0, 3, 6)
teacher = 2 * np.random.randn(6, 3)
P = {"W": np.random.randn(4, 3), "b": np.zeros(3)}
loss, cache = forward(P, x, y, teacher, 2.5, 0.3)
grads = backward(P, cache, 2.5, 0.3)
print(loss, grads["b"])
