import numpy as np

class MaxPool2x2:
    def forward(self, x):
        N, C, H, W = x.shape
        self.x = x
        xr = x.reshape(N, C, H // 2, 2, W // 2, 2)
        self.y = xr.max(axis=3).max(axis=4)
        return self.y

    def backward(self, dy):
        N, C, H, W = self.x.shape
        xr = self.x.reshape(N, C, H // 2, 2, W // 2, 2)
        winners = xr == self.y[:, :, :, None, :, None]
        dxr = winners * dy[:, :, :, None, :, None]
        return dxr.reshape(N, C, H, W)

np.random.seed(33)
x = np.random.randn(1, 2, 4, 6)
coef = np.random.randn(1, 2, 2, 3)
pool = MaxPool2x2()
y = pool.forward(x)
loss = np.sum(coef * np.exp(0.3 * y))
dy = coef * 0.3 * np.exp(0.3 * y)
dx = pool.backward(dy)
print("loss", loss)
print("dx[0,0]\n", dx[0, 0])
