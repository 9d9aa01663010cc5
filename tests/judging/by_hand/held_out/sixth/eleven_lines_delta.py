# tiny network, as few lines as I could manage
import numpy as np

inputs = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 1.0]])
labels = np.array([[1, 0, 1, 0.0]]).T
np.random.seed(7)
syn0 = np.random.uniform(-1, 1, (3, 5))
syn1 = np.random.uniform(-1, 1, (5, 1))

l1 = 1 / (1 + np.exp(-inputs.dot(syn0)))
l2 = 1 / (1 + np.exp(-l1.dot(syn1)))
l2_error = labels - l2
l2_delta = l2_error * (l2 * (1 - l2))
l1_error = l2_delta.dot(syn1.T)
l1_delta = l1_error * (l1 * (1 - l1))
upd1 = l1.T.dot(l2_delta)
upd0 = inputs.T.dot(l1_delta)
syn1 += upd1
syn0 += upd0

print("mean abs error", np.abs(l2_error).mean())
print(upd0)
