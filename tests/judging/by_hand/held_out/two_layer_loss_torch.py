import torch

torch.manual_seed(30)
inputs = torch.randn(5, 3)
targets = torch.randn(5, 2)
w1 = torch.randn(3, 4)
b1 = torch.randn(4)
w2 = torch.randn(4, 2)
b2 = torch.randn(2)

l1 = inputs @ w1 + b1
l2 = l1.clamp_min(0.0)
out = l2 @ w2 + b2
diff = out - targets
loss = diff.pow(2).mean()

out.g = 2.0 * diff / diff.numel()
l2.g = out.g @ w2.t()
w2.g = l2.t() @ out.g
b2.g = out.g.sum(0)
l1.g = (l1 > 0).float() * l2.g
w1.g = inputs.t() @ l1.g
b1.g = l1.g.sum(0)
inputs.g = l1.g @ w1.t()
