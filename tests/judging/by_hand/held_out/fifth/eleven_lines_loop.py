import numpy as np

# a tiny net in a handful of lines: 3 inputs, 5 hidden, 1 output
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 1, 1, 0]]).T
np.random.seed(1)
syn0 = 2 * np.random.random((3, 5)) - 1
syn1 = 2 * np.random.random((5, 1)) - 1

for j in range(200):
    l1 = 1 / (1 + np.exp(-(X.dot(syn0))))
    l2 = 1 / (1 + np.exp(-(l1.dot(syn1))))
    # delta is minus the gradient, so that we can add it
    l2_delta = (y - l2) * (l2 * (1 - l2))
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * (l1 * (1 - l1))
    g1 = l1.T.dot(l2_delta)
    g0 = X.T.dot(l1_delta)
    syn1 += g1
    syn0 += g0

print("l2 after training:")
print(l2)
