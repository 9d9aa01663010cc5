import numpy as np


def im2col(img, k):
    n, c, h, w = img.shape
    oh, ow = h - k + 1, w - k + 1
    col = np.zeros((n, c, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            col[:, :, i, j] = img[:, :, i:i + oh, j:j + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


def col2im(col, shape, k):
    n, c, h, w = shape
    oh, ow = h - k + 1, w - k + 1
    col = col.reshape(n, oh, ow, c, k, k).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape)
    for i in range(k):
        for j in range(k):
            img[:, :, i:i + oh, j:j + ow] += col[:, :, i, j]
    return img


np.random.seed(70)
x = np.random.randn(2, 2, 5, 4)
filt = np.random.randn(3, 2, 2, 2) * 0.5
bias = np.random.randn(3) * 0.1
N, C, H, W = x.shape
F, _, k, _ = filt.shape
oh, ow = H - k + 1, W - k + 1

# forward: conv -> relu -> mean of squares
cols = im2col(x, k)
fcol = filt.reshape(F, -1).T
flat = cols @ fcol + bias
act = flat * (flat > 0)
out = act.reshape(N, oh, ow, F).transpose(0, 3, 1, 2)
loss = np.mean(out ** 2)

# backward
dout = 2 * out / out.size
dact = dout.transpose(0, 2, 3, 1).reshape(-1, F)
dflat = dact * (flat > 0)
dbias = np.sum(dflat, axis=0)
dfcol = cols.T @ dflat
dfilt = dfcol.T.reshape(filt.shape)
dcols = dflat @ fcol.T
dx = col2im(dcols, x.shape, k)

print(loss, dx.shape, dfilt.shape, dbias)
