import numpy as np

# 随机种子，方便复现
np.random.seed(96)
m = 6
X = np.random.randn(m, 4)
Y = np.eye(3)[np.random.randint(0, 3, m)]      # 独热标签
W1 = np.random.randn(4, 5) * 0.5
b1 = np.zeros((1, 5))
W2 = np.random.randn(5, 3) * 0.5
b2 = np.zeros((1, 3))

# 前向传播
z1 = X.dot(W1) + b1
a1 = 1 / (1 + np.exp(-z1))          # sigmoid 激活
z2 = a1.dot(W2) + b2
expz = np.exp(z2)
prob = expz / np.sum(expz, axis=1, keepdims=True)
loss = -np.sum(Y * np.log(prob)) / m
print('当前损失', loss)

# 反向传播
def backward(X, Y, a1, prob, W2):
    grads = {}
    m = X.shape[0]
    dz2 = (prob - Y) / m                 # softmax 与交叉熵合并求导
    grads["W2"] = a1.T.dot(dz2)
    grads["b2"] = np.sum(dz2, axis=0, keepdims=True)
    da1 = dz2.dot(W2.T)
    dz1 = da1 * a1 * (1 - a1)
    grads["W1"] = X.T.dot(dz1)
    grads["b1"] = np.sum(dz1, axis=0, keepdims=True)
    return grads

grads = backward(X, Y, a1, prob, W2)
for k, v in grads.items():
    print(k, v.shape)
