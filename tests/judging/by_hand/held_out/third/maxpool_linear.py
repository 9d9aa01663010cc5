import numpy as np

np.random.seed(77)
N, C, H, W = 3, 2, 4, 6
x = np.random.randn(N, C, H, W)
Wfc = np.random.randn(C * (H // 2) * (W // 2), 3) * 0.3
bfc = np.random.randn(3)
t = np.random.randn(N, 3)

# forward: pool -> flatten -> affine -> squared error
x_r = x.reshape(N, C, H // 2, 2, W // 2, 2)
pooled = x_r.max(axis=3).max(axis=4)
flat = pooled.reshape(N, -1)
out = flat.dot(Wfc) + bfc
loss = 0.5 * np.sum((out - t) ** 2) / N

# backward
dout = (out - t) / N
dWfc = flat.T.dot(dout)
dbfc = np.sum(dout, axis=0)
dflat = dout.dot(Wfc.T)
dpooled = dflat.reshape(pooled.shape)
mask = (x_r == pooled[:, :, :, None, :, None])
dx_r = mask * dpooled[:, :, :, None, :, None]
dx = dx_r.reshape(x.shape)

print("loss:", loss)
print("nonzeros in dx:", np.count_nonzero(dx), "of", dx.size)
