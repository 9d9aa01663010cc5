import numpy as np

class SoftmaxClassifier:
    def __init__(self, d, k, lam):
        self.W = np.random.randn(d, k) * 0.2
        self.b = np.zeros(k)
        self.lam = lam

    def forward(self, X, y):
        self.X, self.y = X, y
        logits = X @ self.W + self.b
        logits = logits - np.max(logits, axis=1, keepdims=True)
        e = np.exp(logits)
        self.probs = e / e.sum(axis=1, keepdims=True)
        nll = -np.log(self.probs[np.arange(len(y)), y])
        return nll.mean() + self.lam * np.sum(self.W ** 2)

    def backward(self):
        N = self.X.shape[0]
        dlogits = self.probs.copy()
        dlogits[np.arange(N), self.y] -= 1
        dlogits /= N
        self.dW = self.X.T @ dlogits + 2 * self.lam * self.W
        self.db = dlogits.sum(axis=0)
        return dlogits @ self.W.T

np.random.seed(0)
X = np.random.randn(8, 3)
y = np.random.randint(0, 4, size=8)
clf = SoftmaxClassifier(3, 4, 0.01)
loss = clf.forward(X, y)
dX = clf.backward()
print(loss)
print(clf.dW)
