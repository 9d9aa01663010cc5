# shape: global tape: x = new(array); y = times(x, z) ...; go(y); value VAL[y]; gradient GRAD[x]; handles are ints; demo training loop at the bottom runs on import; matrix products of 2-d arrays only
# mistake: pick (indexing with a list of rows) | backward | x | gradient is assigned to the rows, so a row that is picked twice gets only one part
import numpy as np

VAL = []
GRAD = []
TAPE = []          # (out, function)
DEBUG = 0

def new(x):
    VAL.append(np.array(x, dtype='float64'))
    GRAD.append(None)
    return len(VAL) - 1

def give(i, g):
    s = VAL[i].shape
    g = np.asarray(g)
    while len(g.shape) > len(s):
        g = g.sum(axis=0)
    for k in range(len(s)):
        if s[k] == 1 and g.shape[k] != 1:
            g = g.sum(axis=k, keepdims=True)
    if GRAD[i] is None:
        GRAD[i] = g
    else:
        GRAD[i] = GRAD[i] + g

def rec(v, f):
    o = new(v)
    TAPE.append((o, f))
    if DEBUG: print('rec', o, VAL[o].shape)
    return o

def plus(a, b):
    def f(g):
        give(a, g); give(b, g)
    return rec(VAL[a] + VAL[b], f)

def minus(a, b):
    def f(g):
        give(a, g); give(b, -g)
    return rec(VAL[a] - VAL[b], f)

def times(a, b):
    def f(g):
        give(a, g * VAL[b]); give(b, g * VAL[a])
    return rec(VAL[a] * VAL[b], f)

def over(a, b):
    def f(g):
        give(a, g / VAL[b]); give(b, -g * VAL[a] / VAL[b] ** 2)
    return rec(VAL[a] / VAL[b], f)

def mat(a, b):
    def f(g):
        give(a, np.dot(g, VAL[b].T)); give(b, np.dot(VAL[a].T, g))
    return rec(np.dot(VAL[a], VAL[b]), f)

def squash(a):
    y = np.tanh(VAL[a])
    return rec(y, lambda g: give(a, g * (1 - y * y)))

def sq(a):
    return rec(VAL[a] ** 2, lambda g: give(a, 2 * g * VAL[a]))

def summ(a):
    return rec(VAL[a].sum(), lambda g: give(a, g * np.ones(VAL[a].shape)))

def pick(a, rows):
    rows = list(rows)
    def f(g):
        z = np.zeros(VAL[a].shape)
        z[rows] = g
        give(a, z)
    return rec(VAL[a][rows], f)

def join(a, b):
    n = len(VAL[a])
    def f(g):
        give(a, g[:n]); give(b, g[n:])
    return rec(np.concatenate([VAL[a], VAL[b]]), f)

def go(y):
    for i in range(len(GRAD)):
        GRAD[i] = None
    GRAD[y] = np.ones(VAL[y].shape)
    for o, f in TAPE[::-1]:
        if GRAD[o] is not None:
            f(GRAD[o])

def wipe():
    del VAL[:], GRAD[:], TAPE[:]

# ---- demo: learn xor
np.random.seed(1)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.]])
Y = np.array([[0.], [1], [1], [0]])
W1 = np.random.randn(2, 6); B1 = np.zeros((1, 6)); W2 = np.random.randn(6, 1)
for step in range(60):
    wipe()
    w1, b1, w2 = new(W1), new(B1), new(W2)
    out = mat(squash(plus(mat(new(X), w1), b1)), w2)
    loss = summ(sq(minus(out, new(Y))))
    go(loss)
    W1 -= .05 * GRAD[w1]; B1 -= .05 * GRAD[b1]; W2 -= .05 * GRAD[w2]
    if step % 30 == 0:
        print('step', step, 'loss', float(VAL[loss]))
wipe()
