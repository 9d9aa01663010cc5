import numpy as np

np.random.seed(17)
N, C, H, W = 2, 3, 4, 6
x = np.random.randn(N, C, H, W)
target = np.random.randn(N, C, H // 2, W // 2)

# forward: split each side in (blocks, 2)
xr = x.reshape(N, C, H // 2, 2, W // 2, 2)
pooled = xr.max(axis=3).max(axis=4)
leaky = np.where(pooled > 0, pooled, 0.1 * pooled)
resid = leaky - target
loss = (resid ** 2).sum() / N

# backward
dresid = 2 * resid / N
dleaky = dresid
dpooled = dleaky * np.where(pooled > 0, 1.0, 0.1)
up = pooled[:, :, :, None, :, None]
mask = (xr == up)
dxr = np.zeros_like(xr)
dpool_b, _ = np.broadcast_arrays(dpooled[:, :, :, None, :, None], dxr)
dxr[mask] = dpool_b[mask]
dxr /= mask.sum(axis=(3, 5), keepdims=True)
dx = dxr.reshape(x.shape)

print("loss", loss)
print("non-zero entries in dx:", np.count_nonzero(dx), "of", dx.size)
