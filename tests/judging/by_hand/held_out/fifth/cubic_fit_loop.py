import numpy as np
import math

x = np.linspace(-math.pi, math.pi, 40) * 0.6 + 0.2
y = np.sin(x)
a, b, c, d = 0.1, -0.2, 0.05, 0.3
learning_rate = 1e-3

for step in range(50):
    y_pred = a + b * x + c * x ** 2 + d * x ** 3
    loss = np.square(y_pred - y).sum()
    if step % 10 == 0:
        print(step, loss)
    grad_y_pred = 2.0 * (y_pred - y)
    grad_a = grad_y_pred.sum()
    grad_b = (grad_y_pred * x).sum()
    grad_c = (grad_y_pred * x ** 2).sum()
    grad_d = (grad_y_pred * x ** 3).sum()
    a = a - learning_rate * grad_a
    b -= learning_rate * grad_b
    c -= learning_rate * grad_c
    d -= learning_rate * grad_d

print("y = %.3f + %.3f x + %.3f x^2 + %.3f x^3" % (a, b, c, d))
