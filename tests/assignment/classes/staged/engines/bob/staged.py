import math


def sigmoid(t):
    return 1 / (1 + math.exp(-t))


x = 3.0
y = -4.0
a = sigmoid(y)
num = x + a
b = sigmoid(x)
s = x + y
sq = s * s
den = b + sq
f = num / den

df = 1.0
dnum = df / den
dden = -num / (den * den) * df
db = dden
dsq = dden
ds = 2 * s * dsq
dx = ds
dy = ds
dx += b * (1 - b) * db
dx += dnum
da = dnum
dy += a * (1 - a) * da
