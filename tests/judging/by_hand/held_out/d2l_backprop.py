import torch

torch.manual_seed(1)
lambd = 0.1
x = torch.randn(4, 1)
y = torch.randn(3, 1)
W1 = torch.randn(5, 4)
W2 = torch.randn(3, 5)

z = W1 @ x
h = torch.relu(z)
o = W2 @ h
L = 0.5 * ((o - y) ** 2).sum()
s = lambd / 2 * ((W1**2).sum() + (W2**2).sum())
J = L + s

dJ_dL = 1.0
dJ_ds = 1.0
dL_do = o - y
dJ_do = dJ_dL * dL_do
ds_dW1 = lambd * W1
ds_dW2 = lambd * W2
dJ_dW2 = dJ_do @ h.T + dJ_ds * ds_dW2
dJ_dh = W2.T @ dJ_do
dJ_dz = dJ_dh * (z > 0).float()
dJ_dW1 = dJ_dz @ x.T + dJ_ds * ds_dW1
