import numpy as np

xs = np.linspace(-1.5, 2.0, 9)
ys = np.sin(xs) + 0.3
theta = {"a": 0.2, "b": -0.4, "c": 0.9, "d": 0.1}


def loss_and_grad(theta):
    n = len(xs)
    # ((a x + b) x + c) x + d
    h1 = theta["a"] * xs + theta["b"]
    h2 = h1 * xs + theta["c"]
    h3 = h2 * xs + theta["d"]
    r = h3 - ys
    loss = np.sum(r ** 2) / n

    grad = dict()
    d_h3 = 2 * r / n
    grad["d"] = d_h3.sum()
    d_h2 = d_h3 * xs
    grad["c"] = d_h2.sum()
    d_h1 = d_h2 * xs
    grad["b"] = d_h1.sum()
    grad["a"] = (d_h1 * xs).sum()
    return loss, grad


loss, grad = loss_and_grad(theta)
print("before:", loss, grad)

step = 0.01
for epoch in range(30):
    _, gr = loss_and_grad(theta)
    for key in theta:
        theta[key] -= step * gr[key]
print("after:", loss_and_grad(theta)[0])
