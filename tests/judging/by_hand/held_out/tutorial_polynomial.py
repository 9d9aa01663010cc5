import math

import torch

torch.manual_seed(9)
x = torch.linspace(-math.pi, math.pi, 20)
y = torch.sin(x)
a = torch.randn(())
b = torch.randn(())
c = torch.randn(())
d = torch.randn(())

y_pred = a + b * x + c * x**2 + d * x**3
loss = (y_pred - y).pow(2).sum()

grad_y_pred = 2.0 * (y_pred - y)
grad_a = grad_y_pred.sum()
grad_b = (grad_y_pred * x).sum()
grad_c = (grad_y_pred * x**2).sum()
grad_d = (grad_y_pred * x**3).sum()
