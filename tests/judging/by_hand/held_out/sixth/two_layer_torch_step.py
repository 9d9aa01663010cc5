import torch

torch.manual_seed(4)
n, d_in, hid, d_out = 8, 3, 6, 2
X = torch.randn(n, d_in, dtype=torch.double)
Y = torch.randn(n, d_out, dtype=torch.double)
W1 = torch.randn(d_in, hid, dtype=torch.double) * 0.7
b1 = torch.zeros(hid, dtype=torch.double)
W2 = torch.randn(hid, d_out, dtype=torch.double) * 0.7
b2 = torch.zeros(d_out, dtype=torch.double)

z1 = X @ W1 + b1
a1 = torch.sigmoid(z1)
z2 = a1 @ W2 + b2
res = z2 - Y
loss = res.pow(2).sum() / n
print("loss before:", loss.item())

gz2 = 2.0 * res / n
gW2 = a1.t() @ gz2
gb2 = gz2.sum(dim=0)
ga1 = gz2 @ W2.t()
gz1 = ga1 * a1 * (1 - a1)
gW1 = X.t() @ gz1
gb1 = gz1.sum(dim=0)
gX = gz1 @ W1.t()

# update
lr = 0.05
W1 = W1 - lr * gW1
b1 = b1 - lr * gb1
W2 = W2 - lr * gW2
b2 = b2 - lr * gb2
new = torch.sigmoid(X @ W1 + b1) @ W2 + b2
print("loss after: ", ((new - Y).pow(2).sum() / n).item())
