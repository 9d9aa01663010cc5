v0, p0 = 6.0, 0.5
k = 0.12
g, dt, steps = 9.81, 0.05, 12
goal = 2.0

# simulate
v, p = [v0], [p0]
for i in range(steps):
    drag = -k * v[i] * abs(v[i])
    v.append(v[i] + dt * (drag - g))
    p.append(p[i] + dt * v[i])
loss = 0.5 * (p[-1] - goal) ** 2 + 0.01 * v[-1] ** 2

# adjoint, last step first
dv = 0.02 * v[-1]
dp = p[-1] - goal
dk = 0.0
for i in reversed(range(steps)):
    ddrag = dt * dv
    dv_prev = dv + dt * dp
    dk += -v[i] * abs(v[i]) * ddrag
    dv_prev += -2 * k * abs(v[i]) * ddrag
    dv = dv_prev
dv0, dp0 = dv, dp

print("end", p[-1], v[-1])
print("dv0 =", dv0, " dk =", dk, " dp0 =", dp0)
