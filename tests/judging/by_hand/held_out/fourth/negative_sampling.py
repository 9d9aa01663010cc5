import numpy as np

def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))

def sgns(Win, Wout, center, context, negatives):
    v = Win[center]
    u = Wout[context]
    p_pos = sigmoid(u @ v)
    loss = -np.log(p_pos)
    grads = {"Win": np.zeros_like(Win), "Wout": np.zeros_like(Wout)}
    gv = (p_pos - 1.0) * u
    grads["Wout"][context] += (p_pos - 1.0) * v
    for k in negatives:
        u_neg = Wout[k]
        p_neg = sigmoid(u_neg @ v)
        loss -= np.log(1.0 - p_neg)
        gv += (p_neg - 0.0) * u_neg
        grads["Wout"][k] += p_neg * v
    grads["Win"][center] += gv
    return loss, grads

np.random.seed(9)
Win = np.random.randn(7, 4) * 0.5
Wout = np.random.randn(7, 4) * 0.5
loss, g = sgns(Win, Wout, center=2, context=5, negatives=[0, 3, 3, 6])
print(loss)
print(g["Win"][2])
