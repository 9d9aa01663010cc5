import numpy as np

def sigmoid(s):
    return 1 / (1 + np.exp(-s))

np.random.seed(314)
vocab_size, dim = 8, 5
V = np.random.randn(vocab_size, dim) * 0.5    # center vectors
U = np.random.randn(vocab_size, dim) * 0.5    # outside vectors

center = 3
outside = 6
negatives = [1, 4, 1, 7]     # word 1 was drawn twice

vc = V[center]
uo = U[outside]
un = U[negatives]                      # (K, dim)

pos_score = sigmoid(uo @ vc)
neg_score = sigmoid(-un @ vc)          # (K,)
loss = -np.log(pos_score) - np.sum(np.log(neg_score))
print("NS loss", loss)

# gradients
dvc = (pos_score - 1) * uo + (1 - neg_score) @ un
duo = (pos_score - 1) * vc
dun = np.outer(1 - neg_score, vc)

dV = np.zeros_like(V)
dU = np.zeros_like(U)
dV[center] += dvc
dU[outside] += duo
for k, idx in enumerate(negatives):
    dU[idx] += dun[k]

lr = 0.2
V -= lr * dV
U -= lr * dU
print("positive score: %.4f -> %.4f" % (pos_score, sigmoid(U[outside] @ V[center])))
