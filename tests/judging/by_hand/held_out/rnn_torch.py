import torch

torch.manual_seed(21)
xs = torch.randn(4, 3)
Wx = torch.randn(3, 5) * 0.4
Wh = torch.randn(5, 5) * 0.4
bias = torch.zeros(5)
h0 = torch.zeros(5)

h1 = torch.tanh(xs[0] @ Wx + h0 @ Wh + bias)
h2 = torch.tanh(xs[1] @ Wx + h1 @ Wh + bias)
h3 = torch.tanh(xs[2] @ Wx + h2 @ Wh + bias)
h4 = torch.tanh(xs[3] @ Wx + h3 @ Wh + bias)
loss = h4.sum()

grad_h4 = torch.ones(5)
grad_a4 = grad_h4 * (1 - h4**2)
grad_h3 = Wh @ grad_a4
grad_a3 = grad_h3 * (1 - h3**2)
grad_h2 = Wh @ grad_a3
grad_a2 = grad_h2 * (1 - h2**2)
grad_h1 = Wh @ grad_a2
grad_a1 = grad_h1 * (1 - h1**2)
grad_Wx = torch.outer(xs[3], grad_a4)
grad_Wx += torch.outer(xs[2], grad_a3)
grad_Wx += torch.outer(xs[1], grad_a2)
grad_Wx += torch.outer(xs[0], grad_a1)
grad_Wh = torch.outer(h3, grad_a4) + torch.outer(h2, grad_a3) + torch.outer(h1, grad_a2)
grad_bias = grad_a1 + grad_a2 + grad_a3 + grad_a4
