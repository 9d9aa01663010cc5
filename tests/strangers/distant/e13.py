# shape: w = Wengert(); i = w.const/var(v); j = w.mul(i, k) ... (indices are ints); w.adjoints(out) -> list of gradients by index; value w.val[i]
# mistake: none
"""Wengert list held in parallel arrays (no node objects at all)."""
import math
from array import array


class Wengert:
    def __init__(self):
        self.val = array("d")
        self.p0 = array("i")
        self.p1 = array("i")
        self.d0 = array("d")
        self.d1 = array("d")

    def _put(self, v, p0=-1, d0=0.0, p1=-1, d1=0.0):
        self.val.append(v)
        self.p0.append(p0)
        self.p1.append(p1)
        self.d0.append(d0)
        self.d1.append(d1)
        return len(self.val) - 1

    def var(self, v):
        return self._put(v)

    const = var

    def add(self, a, b):
        return self._put(self.val[a] + self.val[b], a, 1.0, b, 1.0)

    def sub(self, a, b):
        return self._put(self.val[a] - self.val[b], a, 1.0, b, -1.0)

    def mul(self, a, b):
        x, y = self.val[a], self.val[b]
        return self._put(x * y, a, y, b, x)

    def div(self, a, b):
        x, y = self.val[a], self.val[b]
        return self._put(x / y, a, 1 / y, b, -x / (y * y))

    def pow(self, a, b):
        x, y = self.val[a], self.val[b]
        z = x ** y
        return self._put(z, a, y * x ** (y - 1), b, z * math.log(x) if x > 0 else 0.0)

    def max(self, a, b):
        first = self.val[a] >= self.val[b]
        return self._put(max(self.val[a], self.val[b]), a, float(first), b, float(not first))

    def neg(self, a):
        return self._put(-self.val[a], a, -1.0)

    def sin(self, a):
        return self._put(math.sin(self.val[a]), a, math.cos(self.val[a]))

    def cos(self, a):
        return self._put(math.cos(self.val[a]), a, -math.sin(self.val[a]))

    def exp(self, a):
        e = math.exp(self.val[a])
        return self._put(e, a, e)

    def log(self, a):
        return self._put(math.log(self.val[a]), a, 1 / self.val[a])

    def sqrt(self, a):
        r = math.sqrt(self.val[a])
        return self._put(r, a, 0.5 / r)

    def atan(self, a):
        x = self.val[a]
        return self._put(math.atan(x), a, 1 / (1 + x * x))

    def hypot(self, a, b):
        x, y = self.val[a], self.val[b]
        h = math.hypot(x, y)
        return self._put(h, a, x / h, b, y / h)

    def adjoints(self, out):
        bar = [0.0] * len(self.val)
        bar[out] = 1.0
        for i in range(out, -1, -1):
            if bar[i] == 0.0:
                continue
            if self.p0[i] >= 0:
                bar[self.p0[i]] += self.d0[i] * bar[i]
            if self.p1[i] >= 0:
                bar[self.p1[i]] += self.d1[i] * bar[i]
        return bar

    def __len__(self):
        return len(self.val)


if __name__ == "__main__":
    w = Wengert()
    x, y = w.var(2.0), w.var(5.0)
    z = w.sub(w.add(w.log(x), w.mul(x, y)), w.sin(y))
    bar = w.adjoints(z)
    print(w.val[z], bar[x], bar[y])
