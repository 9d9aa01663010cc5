# 词袋模型 + 逻辑回归
import numpy as np

np.random.seed(31)
V, D = 8, 3
docs = [[1, 4, 4, 2], [0, 7], [3, 3, 3, 5, 6], [2, 1]]
labels = [1, 0, 1, 0]
E = np.random.randn(V, D)        # 词向量
w = np.random.randn(D)
b = 0.2

# 前向
vecs, ps = [], []
loss = 0.0
for doc, t in zip(docs, labels):
    vec = E[doc].mean(axis=0)
    p = 1 / (1 + np.exp(-(vec @ w + b)))
    loss -= t * np.log(p) + (1 - t) * np.log(1 - p)
    vecs.append(vec)
    ps.append(p)
loss /= len(docs)

# 反向
dE = np.zeros_like(E)
dw = np.zeros_like(w)
db = 0.0
for doc, t, vec, p in zip(docs, labels, vecs, ps):
    dz = (p - t) / len(docs)
    dw += dz * vec
    db += dz
    dvec = dz * w
    np.add.at(dE, doc, dvec / len(doc))

print("损失", loss)
print("dE\n", dE)
print("dw", dw, "db", db)
