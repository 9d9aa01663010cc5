import math

x, y = 3.0, -4.0

# 前向
sigy = 1.0 / (1 + math.exp(-y))      # sigmoid
num = x + sigy                       # 分子
sigx = 1.0 / (1 + math.exp(-x))
xpy = x + y
xpysqr = xpy ** 2
den = sigx + xpysqr                  # 分母
invden = 1.0 / den
f = num * invden
print("f =", f)

# 反向
gnum = invden
ginvden = num
gden = (-1.0 / den ** 2) * ginvden
gsigx = gden
gxpysqr = gden
gxpy = (2 * xpy) * gxpysqr
gx = gxpy
gy = gxpy
gx += ((1 - sigx) * sigx) * gsigx    # 注意是 +=
gx += gnum
gsigy = gnum
gy += ((1 - sigy) * sigy) * gsigy
print("gx =", gx, "gy =", gy)
