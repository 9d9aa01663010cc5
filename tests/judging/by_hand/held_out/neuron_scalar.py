import math

x1 = 2.0
x2 = -0.5
w1 = -3.0
w2 = 1.0
b = 6.88

x1w1 = x1 * w1
x2w2 = x2 * w2
x1w1x2w2 = x1w1 + x2w2
n = x1w1x2w2 + b
o = math.tanh(n)

o_grad = 1.0
n_grad = (1 - o**2) * o_grad
b_grad = n_grad
x1w1x2w2_grad = n_grad
x1w1_grad = x1w1x2w2_grad
x2w2_grad = x1w1x2w2_grad
x1_grad = w1 * x1w1_grad
w1_grad = x1 * x1w1_grad
x2_grad = w2 * x2w2_grad
w2_grad = x2 * x2w2_grad
