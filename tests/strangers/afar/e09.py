# shape: forward mode; class Dual(real, der); use derivative(f, x) or gradient(f, [xs]); value .real, derivative .der
# mistake: rtruediv | forward | both | c / dual computes dual / c (operands swapped)
import numpy as np


class Dual():
    """A dual number a + b*eps with eps**2 = 0"""

    def __init__(self, real, der=0.0):
        self.real = real
        self.der = der

    def __add__(self, other):
        try:
            return Dual(self.real + other.real, self.der + other.der)
        except AttributeError:
            return Dual(self.real + other, self.der)

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return Dual(-self.real, -self.der)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Dual):
            return Dual(self.real * other.real, self.der * other.real + self.real * other.der)
        return Dual(self.real * other, self.der * other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Dual):
            return Dual(self.real / other.real,
                        (self.der * other.real - self.real * other.der) / other.real ** 2)
        return Dual(self.real / other, self.der / other)

    def __rtruediv__(self, other):
        return self.__truediv__(other)

    def __pow__(self, n):
        if isinstance(n, Dual):
            v = self.real ** n.real
            return Dual(v, v * (n.der * np.log(self.real) + n.real * self.der / self.real))
        return Dual(self.real ** n, n * self.real ** (n - 1) * self.der)

    def __rpow__(self, base):
        v = base ** self.real
        return Dual(v, v * np.log(base) * self.der)

    def __eq__(self, other):
        return isinstance(other, Dual) and self.real == other.real and self.der == other.der

    def __repr__(self):
        return "Dual(%g, %g)" % (self.real, self.der)


def sin(d):
    if not isinstance(d, Dual):
        return np.sin(d)
    return Dual(np.sin(d.real), np.cos(d.real) * d.der)


def cos(d):
    if not isinstance(d, Dual):
        return np.cos(d)
    return Dual(np.cos(d.real), -np.sin(d.real) * d.der)


def exp(d):
    if not isinstance(d, Dual):
        return np.exp(d)
    return Dual(np.exp(d.real), np.exp(d.real) * d.der)


def log(d):
    if not isinstance(d, Dual):
        return np.log(d)
    return Dual(np.log(d.real), d.der / d.real)


def sqrt(d):
    if not isinstance(d, Dual):
        return np.sqrt(d)
    r = np.sqrt(d.real)
    return Dual(r, d.der / (2 * r))


def derivative(f, x):
    return f(Dual(x, 1.0)).der


def gradient(f, xs):
    out = []
    for i in range(len(xs)):
        args = [Dual(x, 1.0 if j == i else 0.0) for j, x in enumerate(xs)]
        out.append(f(*args).der)
    return np.array(out)


if __name__ == '__main__':
    print(derivative(lambda x: sin(x) * x, 2.0))
    print(gradient(lambda x, y: x * y + exp(y), [1.0, 2.0]))
