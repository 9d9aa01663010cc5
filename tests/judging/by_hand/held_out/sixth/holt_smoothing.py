import numpy as np

series = np.array([3.0, 3.4, 4.1, 4.0, 4.9, 5.3])
alpha, beta = 0.45, 0.25
l_init, b_init = 2.8, 0.3


def holt(alpha, beta, l0, b0):
    l, b = [l0], [b0]
    err = []
    for t in range(len(series)):
        pred = l[t] + b[t]
        err.append(series[t] - pred)
        lt = alpha * series[t] + (1 - alpha) * pred
        bt = beta * (lt - l[t]) + (1 - beta) * b[t]
        l.append(lt)
        b.append(bt)
    return 0.5 * sum(e * e for e in err), (l, b, err)


def holt_grad(alpha, beta, saved):
    l, b, err = saved
    d_l, d_b = 0.0, 0.0
    d_alpha, d_beta = 0.0, 0.0
    for t in reversed(range(len(series))):
        pred = l[t] + b[t]
        # b[t+1]
        d_beta += d_b * (l[t + 1] - l[t] - b[t])
        d_l = d_l + beta * d_b
        # l[t+1]
        d_alpha += d_l * (series[t] - pred)
        d_l_prev = (1 - alpha) * d_l - beta * d_b
        d_b_prev = (1 - alpha) * d_l + (1 - beta) * d_b
        # error term
        d_l_prev -= err[t]
        d_b_prev -= err[t]
        d_l, d_b = d_l_prev, d_b_prev
    return {"alpha": d_alpha, "beta": d_beta, "l0": d_l, "b0": d_b}


sse, saved = holt(alpha, beta, l_init, b_init)
grads = holt_grad(alpha, beta, saved)
print("sse/2 =", sse)
for k, g in grads.items():
    print(k, "->", g)
