# shape: class Scalar(value); call s.backward(); value .value, gradient .deriv
# mistake: backward | backward | - | a shared inner node is visited twice: the order is made without a visited set, so its rule runs again with the accumulated gradient
import math
import random


class Scalar:
    """ One number in the computation. """

    def __init__(self, value, inputs=None, local=None, label=''):
        self.value = value
        self.inputs = inputs or []
        self.local = local or (lambda: [])
        self.deriv = 0.0
        self.label = label

    def __add__(self, other):
        other = wrap(other)
        return Scalar(self.value + other.value, [self, other], lambda: [1.0, 1.0], '+')

    def __mul__(self, other):
        other = wrap(other)
        return Scalar(self.value * other.value, [self, other], lambda: [other.value, self.value], '*')

    def __sub__(self, other):
        other = wrap(other)
        return Scalar(self.value - other.value, [self, other], lambda: [1.0, -1.0], '-')

    def __truediv__(self, other):
        other = wrap(other)
        return Scalar(self.value / other.value, [self, other],
                      lambda: [1.0 / other.value, -self.value / (other.value * other.value)], '/')

    def __pow__(self, p):
        return Scalar(self.value ** p, [self], lambda: [p * self.value ** (p - 1)], '**')

    def __radd__(self, other):
        return wrap(other) + self

    def __rmul__(self, other):
        return wrap(other) * self

    def __rsub__(self, other):
        return wrap(other) - self

    def __rtruediv__(self, other):
        return wrap(other) / self

    def __neg__(self):
        return Scalar(-self.value, [self], lambda: [-1.0], 'neg')

    def tanh(self):
        th = math.tanh(self.value)
        return Scalar(th, [self], lambda: [1.0 - th ** 2], 'tanh')

    def exp(self):
        ex = math.exp(self.value)
        return Scalar(ex, [self], lambda: [ex], 'exp')

    def cos(self):
        return Scalar(math.cos(self.value), [self], lambda: [-math.sin(self.value)], 'cos')

    def backward(self):
        # breadth first, level after level
        sequence = [self]
        i = 0
        while i < len(sequence):
            for n in sequence[i].inputs:
                sequence.append(n)
            i += 1
        for n in sequence:
            n.deriv = 0.0
        self.deriv = 1.0
        for n in sequence:
            for source, slope in zip(n.inputs, n.local()):
                source.deriv += slope * n.deriv


def wrap(x):
    return x if isinstance(x, Scalar) else Scalar(float(x))


class Perceptron:
    def __init__(self, n):
        self.weights = [Scalar(random.uniform(-0.5, 0.5), label='w%d' % i) for i in range(n)]
        self.bias = Scalar(0.0, label='b')

    def __call__(self, xs):
        total = self.bias
        for w, x in zip(self.weights, xs):
            total = total + w * x
        return total.tanh()


if __name__ == '__main__':
    random.seed(0)
    p = Perceptron(3)
    out = p([1.0, -2.0, 0.5])
    out.backward()
    print(out.value, [w.deriv for w in p.weights], p.bias.deriv)
