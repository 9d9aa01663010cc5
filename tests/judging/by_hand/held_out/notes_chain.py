x = -2
y = 5
z = -4

# perform the forward pass
q = x + y
f = q * z

# perform the backward pass in reverse order
dfdz = q
dfdq = z
dqdx = 1.0
dqdy = 1.0
dfdx = dfdq * dqdx
dfdy = dfdq * dqdy
