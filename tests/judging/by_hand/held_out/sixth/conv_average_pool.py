import numpy as np


def im2col(x, kh, kw):
    N, C, H, W = x.shape
    oh, ow = H - kh + 1, W - kw + 1
    cols = np.zeros((N, C, kh, kw, oh, ow))
    for i in range(kh):
        for j in range(kw):
            cols[:, :, i, j] = x[:, :, i:i + oh, j:j + ow]
    return cols.reshape(N, C * kh * kw, oh * ow)


def col2im(cols, shape, kh, kw):
    N, C, H, W = shape
    oh, ow = H - kh + 1, W - kw + 1
    cols = cols.reshape(N, C, kh, kw, oh, ow)
    x = np.zeros(shape)
    for i in range(kh):
        for j in range(kw):
            x[:, :, i:i + oh, j:j + ow] += cols[:, :, i, j]
    return x


np.random.seed(36)
img = np.random.randn(2, 2, 5, 6)
filt = np.random.randn(4, 2, 3, 2) * 0.4
bias = np.random.randn(4) * 0.1
tgt = np.random.randn(2, 4)
N, F = 2, 4
OH, OW = 3, 5

cols = im2col(img, 3, 2)
Wf = filt.reshape(F, -1)
pre = np.einsum("fk,nkp->nfp", Wf, cols) + bias[None, :, None]
act = np.maximum(pre, 0)
gap = act.mean(axis=2)
loss = ((gap - tgt) ** 2).sum() / N

dgap = 2 * (gap - tgt) / N
dact = np.repeat(dgap[:, :, None], OH * OW, axis=2) / (OH * OW)
dpre = dact * (pre > 0)
dbias = dpre.sum(axis=(0, 2))
dWf = np.einsum("nfp,nkp->fk", dpre, cols)
dfilt = dWf.reshape(filt.shape)
dcols = np.einsum("fk,nfp->nkp", Wf, dpre)
dimg = col2im(dcols, img.shape, 3, 2)

print("loss", loss)
print("dbias", dbias)
print("dimg", dimg.shape, "dfilt", dfilt.shape)
