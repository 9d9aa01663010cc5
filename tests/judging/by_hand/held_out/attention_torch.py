import math

import torch

torch.manual_seed(0)
B, T, C = 2, 3, 4
x = torch.randn(B, T, C)
Wq = torch.randn(C, C) / C**0.5
Wk = torch.randn(C, C) / C**0.5
Wv = torch.randn(C, C) / C**0.5

q = x @ Wq
k = x @ Wk
v = x @ Wv
att = q @ k.transpose(-2, -1) / math.sqrt(C)
weights = torch.softmax(att, dim=-1)
out = weights @ v
loss = (out**2).mean()

# backward
dloss_dout = 2 * out / out.numel()
dloss_dweights = dloss_dout @ v.transpose(-2, -1)
dloss_dv = weights.transpose(-2, -1) @ dloss_dout
dloss_datt = weights * (dloss_dweights - (dloss_dweights * weights).sum(-1, keepdim=True))
dloss_dq = dloss_datt @ k / math.sqrt(C)
dloss_dk = dloss_datt.transpose(-2, -1) @ q / math.sqrt(C)
dloss_dWq = (x.transpose(-2, -1) @ dloss_dq).sum(0)
dloss_dWk = (x.transpose(-2, -1) @ dloss_dk).sum(0)
dloss_dWv = (x.transpose(-2, -1) @ dloss_dv).sum(0)
dloss_dx = dloss_dq @ Wq.T
dloss_dx += dloss_dk @ Wk.T
dloss_dx += dloss_dv @ Wv.T
