# harness exercise: cases/lecture/staged.yaml
import math

x = 3  # example values
y = -4

# forward pass
sigy = 1.0 / (1 + math.exp(-y))
num = x + sigy
sigx = 1.0 / (1 + math.exp(-x))
xpy = x + y
xpysqr = xpy**2
den = sigx + xpysqr
invden = 1.0 / den
f = num * invden  # done!

df = 1  # seed
# backprop f = num * invden
dnum = invden
dinvden = num
# backprop invden = 1.0 / den
dden = (-1.0 / den**2) * dinvden
# backprop den = sigx + xpysqr
dsigx = dden
dxpysqr = dden
# backprop xpysqr = xpy**2
dxpy = (2 * xpy) * dxpysqr
# backprop xpy = x + y
dx = dxpy
dy = dxpy
# backprop sigx = 1.0 / (1 + math.exp(-x))
dx += ((1 - sigx) * sigx) * dsigx  # Notice +=
# backprop num = x + sigy
dx += dnum  # Notice +=
dsigy = dnum
# backprop sigy = 1.0 / (1 + math.exp(-y))
dy += ((1 - sigy) * sigy) * dsigy  # Notice +=
# done! phew
