# harness exercise: cases/lecture/product_of_sum.yaml
import math

x = -2  # example values
y = 5
z = -4

# forward pass
q = x + y
f = q * z  # done!

df = 1  # seed
# backprop f = q * z
dq = z
dz = q
# backprop q = x + y
dx = dq
dy = dq
# done! phew
