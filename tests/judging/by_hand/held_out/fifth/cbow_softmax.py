import numpy as np


def cbow(W_in, W_out, contexts, targets):
    N, window = contexts.shape
    h = W_in[contexts].mean(axis=1)
    logits = h @ W_out
    logits = logits - logits.max(axis=1, keepdims=True)
    ex = np.exp(logits)
    probs = ex / ex.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), targets]).mean()

    grads = {}
    dlogits = probs.copy()
    dlogits[np.arange(N), targets] -= 1
    dlogits /= N
    grads["W_out"] = h.T @ dlogits
    dh = dlogits @ W_out.T
    dctx = np.repeat((dh / window)[:, None], window, axis=1)
    grads["W_in"] = np.zeros_like(W_in)
    np.add.at(grads["W_in"], contexts, dctx)
    return loss, grads


np.random.seed(28)
vocab, dim = 7, 3
W_in = np.random.randn(vocab, dim)
W_out = np.random.randn(dim, vocab)
contexts = np.array([[0, 2], [1, 3], [2, 4], [3, 3]])
targets = np.array([1, 2, 3, 6])
loss, grads = cbow(W_in, W_out, contexts, targets)
print("loss", loss)
for k, g in grads.items():
    print(k, g)
