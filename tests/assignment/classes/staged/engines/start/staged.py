# harness exercise: cases/lecture/staged.yaml
# Write what belongs in the place of each ..., then: harness check staged.py
import math

x = 3  # example values
y = -4

# forward pass
sigy = 1.0 / (1 + math.exp(-y))  # (1)
num = x + sigy  # (2)
sigx = 1.0 / (1 + math.exp(-x))  # (3)
xpy = x + y  # (4)
xpysqr = xpy**2  # (5)
den = sigx + xpysqr  # (6)
invden = 1.0 / den  # (7)
f = num * invden  # done!          #(8)

df = 1  # seed
# backprop f = num * invden
dnum = ...  # (8)
dinvden = ...  # (8)
# backprop invden = 1.0 / den
dden = ...  # (7)
# backprop den = sigx + xpysqr
dsigx = ...  # (6)
dxpysqr = ...  # (6)
# backprop xpysqr = xpy**2
dxpy = ...  # (5)
# backprop xpy = x + y
dx = ...  # (4)
dy = ...  # (4)
# backprop sigx = 1.0 / (1 + math.exp(-x))
dx += ...  # Notice +=             #(3)
# backprop num = x + sigy
dx += ...  # Notice +=             #(2)
dsigy = ...  # (2)
# backprop sigy = 1.0 / (1 + math.exp(-y))
dy += ...  # Notice +=             #(1)
# done! phew
