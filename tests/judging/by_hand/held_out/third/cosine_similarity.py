import numpy as np

a = np.array([1.2, -0.4, 2.0])
b = np.array([0.3, 0.9, -1.1])
target = 0.5

# forward
na = np.sqrt(a @ a)
nb = np.sqrt(b @ b)
a_hat = a / na
b_hat = b / nb
cos = a_hat @ b_hat
loss = (cos - target) ** 2 + 0.01 * na + 0.01 * nb
print("cos", cos, "loss", loss)

# backward
dcos = 2 * (cos - target)
da_hat = dcos * b_hat
db_hat = dcos * a_hat
da = 0.01 * a / na
da += da_hat / na - a * (a @ da_hat) / na ** 3
db = 0.01 * b / nb
db += db_hat / nb - b * (b @ db_hat) / nb ** 3

print("da", da)
print("db", db)
