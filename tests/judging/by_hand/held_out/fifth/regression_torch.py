import torch

torch.manual_seed(0)
N, D_in, H, D_out = 6, 4, 5, 2
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)
w1 = torch.randn(D_in, H) * 0.5
b1 = torch.randn(H) * 0.1
w2 = torch.randn(H, D_out) * 0.5
lr = 1e-2

h = x.mm(w1) + b1
h_relu = h.clamp(min=0)
y_pred = h_relu.mm(w2)
loss = (y_pred - y).pow(2).sum()
print("loss", loss.item())

grad_y_pred = 2.0 * (y_pred - y)
grad_w2 = h_relu.t().mm(grad_y_pred)
grad_h_relu = grad_y_pred.mm(w2.t())
grad_h = grad_h_relu.clone()
grad_h[h < 0] = 0
grad_w1 = x.t().mm(grad_h)
grad_b1 = grad_h.sum(dim=0)
grad_x = grad_h.mm(w1.t())

w1_new = w1 - lr * grad_w1
b1_new = b1 - lr * grad_b1
w2_new = w2 - lr * grad_w2
print(w1_new.shape, b1_new.shape, w2_new.shape)
