# LSTM 沿时间的反向传播 (BPTT)
import numpy as np

np.random.seed(400)
T, D, H = 5, 3, 4
X = np.random.randn(T, D)
target = np.random.randn(T)
Wx = np.random.randn(4 * H, D) * 0.5
Wh = np.random.randn(4 * H, H) * 0.5
b = np.zeros(4 * H)
w_out = np.random.randn(H)
sigmoid = lambda s: 1.0 / (1.0 + np.exp(-s))

# 前向
hs = [np.zeros(H)]
cs = [np.zeros(H)]
is_, fs, os_, gs, preds = [], [], [], [], []
loss = 0.0
for t in range(T):
    a = Wx @ X[t] + Wh @ hs[t] + b
    ai, af, ao, ag = np.split(a, 4)
    is_.append(sigmoid(ai))
    fs.append(sigmoid(af))
    os_.append(sigmoid(ao))
    gs.append(np.tanh(ag))
    cs.append(fs[t] * cs[t] + is_[t] * gs[t])
    hs.append(os_[t] * np.tanh(cs[t + 1]))
    preds.append(w_out @ hs[t + 1])
    loss += 0.5 * (preds[t] - target[t]) ** 2
print("损失", loss)

# 反向
dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
dw_out = np.zeros_like(w_out)
dh_next, dc_next = np.zeros(H), np.zeros(H)
for t in range(T - 1, -1, -1):
    dpred = preds[t] - target[t]
    dw_out += dpred * hs[t + 1]
    dh = dpred * w_out + dh_next          # 两条路径相加
    tc = np.tanh(cs[t + 1])
    dc = dh * os_[t] * (1 - tc ** 2) + dc_next
    dai = dc * gs[t] * is_[t] * (1 - is_[t])
    daf = dc * cs[t] * fs[t] * (1 - fs[t])
    dao = dh * tc * os_[t] * (1 - os_[t])
    dag = dc * is_[t] * (1 - gs[t] ** 2)
    da = np.concatenate([dai, daf, dao, dag])
    dWx += np.outer(da, X[t])
    dWh += np.outer(da, hs[t])
    db += da
    dh_next = Wh.T @ da
    dc_next = dc * fs[t]

print("dWx", np.linalg.norm(dWx), "dWh", np.linalg.norm(dWh), "db", np.linalg.norm(db))
