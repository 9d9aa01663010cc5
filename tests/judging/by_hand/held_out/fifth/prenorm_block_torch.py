import torch

torch.manual_seed(8)
n, d, h = 5, 4, 6
x = torch.randn(n, d)
g = torch.rand(d) + 0.5
bt = torch.randn(d) * 0.1
W1 = torch.randn(d, h) * 0.6
b1 = torch.randn(h) * 0.2
W2 = torch.randn(h, d) * 0.6
t = torch.randn(n, d)

mu = x.mean(1, keepdim=True)
xc = x - mu
var = (xc * xc).mean(1, keepdim=True)
rstd = (var + 1e-5) ** -0.5
xh = xc * rstd
ln = xh * g + bt
z = ln @ W1 + b1
a = torch.relu(z)
out = x + a @ W2
loss = ((out - t) ** 2).sum() / n

dout = 2 * (out - t) / n
dx = dout.clone()
dW2 = a.T @ dout
da = dout @ W2.T
dz = torch.where(z > 0, da, torch.zeros_like(da))
dW1 = ln.T @ dz
db1 = dz.sum(0)
dln = dz @ W1.T
dg = (dln * xh).sum(0)
dbt = dln.sum(0)
dxh = dln * g
drstd = (dxh * xc).sum(1, keepdim=True)
dxc = dxh * rstd
dvar = -0.5 * (var + 1e-5) ** -1.5 * drstd
dxc += 2 * xc / d * dvar
dx += dxc
dx -= dxc.mean(1, keepdim=True)

print("loss", loss.item())
print("dx", dx)
