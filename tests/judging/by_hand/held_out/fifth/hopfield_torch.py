import torch

torch.manual_seed(12)
n, d = 4, 3
q = torch.randn(n, d)
mem = torch.randn(n, d)
t = torch.randn(n, d)
beta = torch.tensor(1.3)

# forward
D = q @ mem.t()
S = beta * D
P = torch.exp(S - S.max(dim=1, keepdim=True)[0])
P = P / P.sum(dim=1, keepdim=True)
R = P @ mem
loss = 0.5 * ((R - t) ** 2).sum()

# backward
dR = R - t
dP = dR @ mem.t()
dmem = P.t() @ dR
dS = P * (dP - (dP * P).sum(dim=1, keepdim=True))
dbeta = (dS * D).sum()
dD = beta * dS
dq = dD @ mem
dmem += dD.t() @ q

print("loss", loss.item())
print("dbeta", dbeta.item())
print("dmem", dmem)
