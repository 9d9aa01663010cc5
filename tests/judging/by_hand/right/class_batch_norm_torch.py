"""Batch normalisation in torch, as a class."""

import torch

torch.manual_seed(4)


class BatchNorm:
    def __init__(self, dim, eps=1e-5):
        self.eps = eps
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)

    def __call__(self, x):
        self.x = x
        self.mu = x.mean(0, keepdim=True)
        self.xc = x - self.mu
        self.var = (self.xc**2).mean(0, keepdim=True)
        self.ivar = (self.var + self.eps) ** -0.5
        self.xhat = self.xc * self.ivar
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        n = dout.shape[0]
        self.dgamma = (dout * self.xhat).sum(0)
        self.dbeta = dout.sum(0)
        dxhat = dout * self.gamma
        divar = (dxhat * self.xc).sum(0, keepdim=True)
        dxc = dxhat * self.ivar
        dvar = -0.5 * (self.var + self.eps) ** -1.5 * divar
        dxc = dxc + 2 / n * self.xc * dvar
        dmu = -dxc.sum(0, keepdim=True)
        dx = dxc + dmu / n
        return dx


x = torch.randn(6, 3)
w = torch.randn(6, 3)
bn = BatchNorm(3)
out = bn(x)
loss = (out * w).sum()
dout = w
dx = bn.backward(dout)
