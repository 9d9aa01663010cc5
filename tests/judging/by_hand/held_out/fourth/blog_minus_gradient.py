import numpy as np

def nonlin(a, deriv=False):
    if deriv:
        return a * (1 - a)
    return 1 / (1 + np.exp(-a))

X = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 1]], dtype=float)
y = np.array([[1, 1, 0, 0]], dtype=float).T

np.random.seed(3)
syn0 = 2 * np.random.random((3, 5)) - 1
syn1 = 2 * np.random.random((5, 1)) - 1

for step in range(2000):
    l0 = X
    l1 = nonlin(l0.dot(syn0))
    l2 = nonlin(l1.dot(syn1))

    # how much did we miss?
    l2_error = y - l2
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)

    syn1 += l1.T.dot(l2_delta)
    syn0 += l0.T.dot(l1_delta)

print("after training:", l2.ravel())
