import torch

torch.manual_seed(0)
D, H = 3, 4
x = torch.randn(1, D)
h_prev = torch.randn(1, H)
Wz, Uz = torch.randn(D, H), torch.randn(H, H)
Wr, Ur = torch.randn(D, H), torch.randn(H, H)
Wh, Uh = torch.randn(D, H), torch.randn(H, H)

z_in = x @ Wz + h_prev @ Uz
z = torch.sigmoid(z_in)
r_in = x @ Wr + h_prev @ Ur
r = torch.sigmoid(r_in)
rh = r * h_prev
c_in = x @ Wh + rh @ Uh
c = torch.tanh(c_in)
h = (1 - z) * h_prev + z * c
loss = h.pow(2).sum()

dh = 2 * h
dc = dh * z
dz = dh * (c - h_prev)
dh_prev = dh * (1 - z)
dc_in = dc * (1 - c**2)
dWh = x.T @ dc_in
dUh = rh.T @ dc_in
drh = dc_in @ Uh.T
dr = drh * h_prev
dh_prev += drh * r
dr_in = dr * r * (1 - r)
dWr = x.T @ dr_in
dUr = h_prev.T @ dr_in
dh_prev += dr_in @ Ur.T
dz_in = dz * z * (1 - z)
dWz = x.T @ dz_in
dUz = h_prev.T @ dz_in
dh_prev += dz_in @ Uz.T
dx = dc_in @ Wh.T + dr_in @ Wr.T + dz_in @ Wz.T
