import torch

torch.manual_seed(4)
params = {
    "W1": torch.randn(3, 5),
    "b1": torch.randn(5),
    "W2": torch.randn(5, 2),
    "b2": torch.randn(2),
}
x = torch.randn(7, 3)
y = torch.randn(7, 2)


def forward(x, params):
    z1 = x @ params["W1"] + params["b1"]
    a1 = torch.tanh(z1)
    yhat = a1 @ params["W2"] + params["b2"]
    return yhat, (x, z1, a1)


def backward(yhat, y, cache, params):
    x, z1, a1 = cache
    n = y.shape[0]
    grads = {}
    dyhat = 2 * (yhat - y) / n
    grads["W2"] = a1.T @ dyhat
    grads["b2"] = dyhat.sum(dim=0)
    da1 = dyhat @ params["W2"].T
    dz1 = da1 * (1 - a1**2)
    grads["W1"] = x.T @ dz1
    grads["b1"] = dz1.sum(dim=0)
    return grads


yhat, cache = forward(x, params)
loss = ((yhat - y) ** 2).sum() / x.shape[0]
grads = backward(yhat, y, cache, params)
