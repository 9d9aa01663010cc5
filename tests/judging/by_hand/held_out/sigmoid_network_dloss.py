import numpy as np

X = np.array([[0.1, 0.2], [-0.4, 0.9], [1.5, -0.3]])
t = np.array([[1.0], [0.0], [1.0]])
w1 = np.array([[0.2, -0.5, 0.3], [0.7, 0.1, -0.2]])
b1 = np.array([0.1, -0.1, 0.05])
w2 = np.array([[0.4], [-0.6], [0.9]])
b2 = np.array([0.2])

z1 = X @ w1 + b1
a1 = 1 / (1 + np.exp(-z1))
z2 = a1 @ w2 + b2
yhat = 1 / (1 + np.exp(-z2))
loss = np.mean(-(t * np.log(yhat) + (1 - t) * np.log(1 - yhat)))

n = len(X)
dloss_dyhat = (yhat - t) / (yhat * (1 - yhat)) / n
dyhat_dz2 = yhat * (1 - yhat)
dloss_dz2 = dloss_dyhat * dyhat_dz2
dz2_dw2 = a1
dloss_dw2 = dz2_dw2.T @ dloss_dz2
dloss_db2 = dloss_dz2.sum(axis=0)
dz2_da1 = w2
dloss_da1 = dloss_dz2 @ dz2_da1.T
da1_dz1 = a1 * (1 - a1)
dloss_dz1 = dloss_da1 * da1_dz1
dz1_dw1 = X
dloss_dw1 = dz1_dw1.T @ dloss_dz1
dloss_db1 = dloss_dz1.sum(axis=0)
