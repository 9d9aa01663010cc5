import numpy as np

np.random.seed(55)
n, d = 5, 4
img = np.random.randn(n, d)
txt = np.random.randn(n, d)
log_t = 0.7


def log_softmax(z, axis):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


# forward
ri = np.sqrt((img ** 2).sum(1, keepdims=True))
rt = np.sqrt((txt ** 2).sum(1, keepdims=True))
ei, et = img / ri, txt / rt
sim = ei @ et.T
scale = np.exp(log_t)
logits = scale * sim
lp_rows = log_softmax(logits, 1)
lp_cols = log_softmax(logits, 0)
loss = -0.5 * (np.diag(lp_rows).mean() + np.diag(lp_cols).mean())

# backward
eye = np.eye(n)
d_rows = (np.exp(lp_rows) - eye) / n
d_cols = (np.exp(lp_cols) - eye) / n
d_logits = 0.5 * (d_rows + d_cols)
d_scale = (d_logits * sim).sum()
d_log_t = d_scale * scale
d_sim = d_logits * scale
d_ei = d_sim @ et
d_et = d_sim.T @ ei
d_img = d_ei / ri - img * (d_ei * img).sum(1, keepdims=True) / ri ** 3
d_txt = d_et / rt - txt * (d_et * txt).sum(1, keepdims=True) / rt ** 3

print("loss", loss, "d_log_t", d_log_t)

# gradient check
h = 1e-6
worst = 0.0
for i in range(n):
    for j in range(d):
        vals = []
        for sgn in (1, -1):
            q = img.copy()
            q[i, j] += sgn * h
            lg = scale * (q / np.linalg.norm(q, axis=1, keepdims=True)) @ et.T
            vals.append(-0.5 * (np.diag(log_softmax(lg, 1)).mean() + np.diag(log_softmax(lg, 0)).mean()))
        worst = max(worst, abs((vals[0] - vals[1]) / (2 * h) - d_img[i, j]))
print("largest difference", worst)
