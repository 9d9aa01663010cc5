import numpy as np

class CharRNN:
    def __init__(self, vocab, hidden):
        self.Wxh = np.random.randn(hidden, vocab) * 0.3
        self.Whh = np.random.randn(hidden, hidden) * 0.3
        self.Why = np.random.randn(vocab, hidden) * 0.3
        self.bh = np.zeros((hidden, 1))
        self.by = np.zeros((vocab, 1))

    def forward(self, inputs, targets, h0):
        self.inputs, self.targets = inputs, targets
        self.xs, self.hs, self.ps = {}, {-1: h0}, {}
        loss = 0
        for t, ch in enumerate(inputs):
            self.xs[t] = np.zeros((self.Wxh.shape[1], 1))
            self.xs[t][ch] = 1
            self.hs[t] = np.tanh(self.Wxh @ self.xs[t] + self.Whh @ self.hs[t - 1] + self.bh)
            y = self.Why @ self.hs[t] + self.by
            self.ps[t] = np.exp(y) / np.sum(np.exp(y))
            loss += -np.log(self.ps[t][targets[t], 0])
        return loss

    def backward(self):
        self.dWxh, self.dWhh = np.zeros_like(self.Wxh), np.zeros_like(self.Whh)
        self.dWhy = np.zeros_like(self.Why)
        self.dbh, self.dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dhnext = np.zeros_like(self.bh)
        for t in reversed(range(len(self.inputs))):
            dy = np.copy(self.ps[t])
            dy[self.targets[t]] -= 1
            self.dWhy += dy @ self.hs[t].T
            self.dby += dy
            dh = self.Why.T @ dy + dhnext
            dhraw = (1 - self.hs[t] * self.hs[t]) * dh
            self.dbh += dhraw
            self.dWxh += dhraw @ self.xs[t].T
            self.dWhh += dhraw @ self.hs[t - 1].T
            dhnext = self.Whh.T @ dhraw

np.random.seed(95)
rnn = CharRNN(5, 4)
loss = rnn.forward([0, 3, 1, 4], [3, 1, 4, 2], np.zeros((4, 1)))
rnn.backward()
print("loss", loss)
for d in (rnn.dWxh, rnn.dWhh, rnn.dWhy):
    np.clip(d.copy(), -5, 5)
