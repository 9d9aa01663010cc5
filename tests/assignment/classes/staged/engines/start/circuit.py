# harness exercise: cases/lecture/product_of_sum.yaml
# Write what belongs in the place of each ..., then: harness check circuit.py
import math

x = -2  # example values
y = 5
z = -4

# forward pass
q = x + y  # (1)
f = q * z  # done!   #(2)

df = 1  # seed
# backprop f = q * z
dq = ...  # (2)
dz = ...  # (2)
# backprop q = x + y
dx = ...  # (1)
dy = ...  # (1)
# done! phew
