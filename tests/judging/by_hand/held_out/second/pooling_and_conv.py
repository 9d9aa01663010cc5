import numpy as np

np.random.seed(6)
image = np.random.randn(6, 6)
filt = np.random.randn(3, 3)
w = np.random.randn(4)

conv = np.zeros((4, 4))
for i in range(4):
    for j in range(4):
        conv[i, j] = np.sum(image[i : i + 3, j : j + 3] * filt)
relu = np.maximum(conv, 0)
pool = np.zeros((2, 2))
for i in range(2):
    for j in range(2):
        pool[i, j] = np.max(relu[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
flat = pool.reshape(-1)
out = np.sum(flat * w)

dflat = w
dw = flat
dpool = dflat.reshape(2, 2)
drelu = np.zeros((4, 4))
for i in range(2):
    for j in range(2):
        patch = relu[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        drelu[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = (patch == patch.max()) * dpool[i, j]
dconv = drelu * (conv > 0)
dfilt = np.zeros((3, 3))
dimage = np.zeros((6, 6))
for i in range(4):
    for j in range(4):
        dfilt += dconv[i, j] * image[i : i + 3, j : j + 3]
        dimage[i : i + 3, j : j + 3] += dconv[i, j] * filt
