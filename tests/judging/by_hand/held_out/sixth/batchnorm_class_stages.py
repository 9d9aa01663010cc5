import numpy as np


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5):
        self.gamma = np.linspace(0.5, 1.5, dim)
        self.beta = np.zeros(dim)
        self.eps = eps
        self.cache = None

    def forward(self, x):
        N, D = x.shape
        mu = x.sum(axis=0) / N
        xmu = x - mu
        sq = xmu ** 2
        var = sq.sum(axis=0) / N
        sqrtvar = np.sqrt(var + self.eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        out = self.gamma * xhat + self.beta
        self.cache = dict(xmu=xmu, var=var, sqrtvar=sqrtvar, ivar=ivar, xhat=xhat)
        return out

    def backward(self, dout):
        c = self.cache
        N, D = dout.shape
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * c["xhat"]).sum(axis=0)
        dxhat = dout * self.gamma
        divar = (dxhat * c["xmu"]).sum(axis=0)
        dxmu1 = dxhat * c["ivar"]
        dsqrtvar = -1.0 / c["sqrtvar"] ** 2 * divar
        dvar = 0.5 / c["sqrtvar"] * dsqrtvar
        dsq = np.ones((N, D)) / N * dvar
        dxmu2 = 2 * c["xmu"] * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -dx1.sum(axis=0)
        dx2 = np.ones((N, D)) / N * dmu
        return dx1 + dx2


np.random.seed(0)
x = 2.0 * np.random.randn(8, 3) + 1.0
t = np.random.randn(8, 3)
bn = BatchNorm1d(3)
out = bn.forward(x)
loss = 0.5 * np.sum((out - t) ** 2)
dx = bn.backward(out - t)
print("loss", loss)
print("dx", dx)
print("dgamma", bn.dgamma, "dbeta", bn.dbeta)
