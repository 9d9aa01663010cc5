import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def skipgram_neg(center, outside, negatives, W_in, W_out):
    """loss and gradients for one (center, outside) pair"""
    v = W_in[center]
    u = W_out[outside]
    U_neg = W_out[negatives]

    pos_score = sigmoid(u @ v)
    neg_score = sigmoid(-U_neg @ v)
    loss = -np.log(pos_score) - np.log(neg_score).sum()

    dpos = pos_score - 1
    dneg = 1 - neg_score
    dv = dpos * u + U_neg.T @ dneg
    grads = {"W_in": np.zeros_like(W_in), "W_out": np.zeros_like(W_out)}
    grads["W_in"][center] = dv
    grads["W_out"][outside] += dpos * v
    np.add.at(grads["W_out"], negatives, np.outer(dneg, v))
    return loss, grads


np.random.seed(13)
W_in = np.random.randn(9, 4)
W_out = np.random.randn(9, 4)
negs = [3, 7, 3, 0]            # 3 is drawn twice
loss, g = skipgram_neg(5, 2, negs, W_in, W_out)
print("loss", loss)

# numerical check on one row
eps = 1e-5
for j in range(4):
    keepval = W_out[3, j]
    W_out[3, j] = keepval + eps
    lp, _ = skipgram_neg(5, 2, negs, W_in, W_out)
    W_out[3, j] = keepval - eps
    lm, _ = skipgram_neg(5, 2, negs, W_in, W_out)
    W_out[3, j] = keepval
    print(j, (lp - lm) / (2 * eps), g["W_out"][3, j])
