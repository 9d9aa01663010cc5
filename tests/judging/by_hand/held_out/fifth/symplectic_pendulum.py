import math

theta0 = 0.8
omega0 = -0.3
k = 2.5
damp = 0.12
dt = 0.1
steps = 12
goal = 0.25

# simulate, and remember the states
theta = [theta0]
omega = [omega0]
for n in range(steps):
    acc = -k * math.sin(theta[n]) - damp * omega[n]
    omega.append(omega[n] + dt * acc)
    theta.append(theta[n] + dt * omega[n + 1])
loss = (theta[steps] - goal) ** 2 + 0.1 * omega[steps] ** 2

# adjoint
d_theta = 2 * (theta[steps] - goal)
d_omega = 0.2 * omega[steps]
d_k = 0.0
d_damp = 0.0
for n in reversed(range(steps)):
    d_omega += dt * d_theta
    d_acc = dt * d_omega
    d_k += -math.sin(theta[n]) * d_acc
    d_damp += -omega[n] * d_acc
    d_theta += -k * math.cos(theta[n]) * d_acc
    d_omega += -damp * d_acc

print("loss", loss)
print("d_theta0", d_theta, "d_omega0", d_omega)
print("d_k", d_k, "d_damp", d_damp)
