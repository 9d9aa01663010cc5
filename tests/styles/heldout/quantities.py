"""Propagation of small changes, for the laboratory course.

A measured Quantity has a magnitude. A Quantity that follows from others by a law knows its causes,
and at which rate it changes with each of them: the rate is worked out together with the magnitude,
while the numbers are at hand. `propagate` then asks how sensitive a result is to every quantity
that had an influence on it.

    >>> length, width = Quantity(3.0), Quantity(2.0)
    >>> area = length * width
    >>> area.propagate()
    >>> length.sensitivity, width.sensitivity
    (2.0, 3.0)
"""

import math


class Quantity:
    def __init__(self, magnitude, label=""):
        self.magnitude = float(magnitude)
        self.label = label
        self.sensitivity = 0.0
        self.causes = ()
        self.generation = 0
        self.feed_back = lambda: None

    def __repr__(self):
        return f"{self.label or 'quantity'} = {self.magnitude:.4g}"

    def history(self):
        """All quantities that had an influence on this one, and itself."""
        found = [self]
        known = {self}
        for quantity in found:  # it grows meanwhile
            new = [cause for cause in dict.fromkeys(quantity.causes) if cause not in known]
            found.extend(new)
            known.update(new)
        return found

    def propagate(self, strength=1.0):
        history = sorted(self.history(), key=by_generation, reverse=True)  #: engine order
        for quantity in history:
            quantity.sensitivity = 0.0  #: engine reset
        self.sensitivity = strength  #: engine seed
        for quantity in history:  #: engine order
            quantity.feed_back()

    # Python's operators. Subtraction and division are laws that follow from others.

    def __add__(self, other):
        x, y = self, quantity(other)
        magnitude = x.magnitude + y.magnitude  #: add value
        rate_x = 1.0  #: add x
        rate_y = 1.0  #: add y
        return law(magnitude, (x, rate_x), (y, rate_y))

    def __mul__(self, other):
        x, y = self, quantity(other)
        magnitude = x.magnitude * y.magnitude  #: mul value
        rate_x = y.magnitude  #: mul x
        rate_y = x.magnitude  #: mul y
        return law(magnitude, (x, rate_x), (y, rate_y))

    def __pow__(self, other):
        x, y = self, quantity(other)
        magnitude = power(x.magnitude, y.magnitude)  #: pow value
        rate_x = y.magnitude and y.magnitude * power(x.magnitude, y.magnitude - 1)  #: pow x
        if not isinstance(other, Quantity):
            return law(magnitude, (x, rate_x))
        if x.magnitude == 0 and y.magnitude >= 0:
            rate_y = 0.0  #: pow y
        else:
            rate_y = magnitude * logarithm(x.magnitude)  #: pow y
        return law(magnitude, (x, rate_x), (y, rate_y))

    def __neg__(self):
        magnitude = -self.magnitude  #: neg value
        rate = -1.0  #: neg x
        return law(magnitude, (self, rate))

    def __abs__(self):
        magnitude = abs(self.magnitude)  #: abs value
        rate = math.copysign(1.0, self.magnitude) if self.magnitude else 0.0  #: abs x
        return law(magnitude, (self, rate))

    def __sub__(self, other):
        return self + -quantity(other)  #: sub value

    def __truediv__(self, other):
        return self * quantity(other) ** -1  #: div value

    def __radd__(self, other):
        return quantity(other) + self

    def __rmul__(self, other):
        return quantity(other) * self

    def __rsub__(self, other):
        return quantity(other) - self

    def __rtruediv__(self, other):
        return quantity(other) / self

    def __rpow__(self, other):
        return quantity(other) ** self


def quantity(given):
    return given if isinstance(given, Quantity) else Quantity(given)


def by_generation(quantity):
    return quantity.generation


def law(magnitude, *influences):
    """The Quantity of this magnitude that changes with each cause at the rate beside it."""
    result = Quantity(magnitude)
    result.causes = [cause for cause, rate in influences]
    result.generation = 1 + max(cause.generation for cause in result.causes)  #: engine order

    def feed_back():
        for cause, rate in influences:
            cause.sensitivity += rate * result.sensitivity  #: engine accumulate

    result.feed_back = feed_back
    return result


# Where Python's own functions raise an error, measuring goes on with infinity or nan.


def power(base, exponent):
    far = math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return far
    except ValueError:
        return far if base == 0 else math.nan


def inverse(x):
    return 1 / x if x else math.copysign(math.inf, x)


def logarithm(x):
    if x == 0:
        return -math.inf
    return math.log(x) if x > 0 else math.nan


def exponential(x):
    return math.exp(x) if x < 709 else math.inf


# Laws of one quantity


def exp(x):
    magnitude = exponential(x.magnitude)  #: exp value
    rate = magnitude  #: exp x
    return law(magnitude, (x, rate))


def ln(x):
    magnitude = logarithm(x.magnitude)  #: log value
    rate = inverse(x.magnitude)  #: log x
    return law(magnitude, (x, rate))


def sqrt(x):
    magnitude = math.sqrt(x.magnitude) if x.magnitude >= 0 else math.nan  #: sqrt value
    rate = 0.5 * inverse(magnitude)  #: sqrt x
    return law(magnitude, (x, rate))


def square(x):
    magnitude = x.magnitude * x.magnitude  #: square value
    rate = 2 * x.magnitude  #: square x
    return law(magnitude, (x, rate))


def reciprocal(x):
    magnitude = inverse(x.magnitude)  #: reciprocal value
    rate = -magnitude * magnitude  #: reciprocal x
    return law(magnitude, (x, rate))


def sin(x):
    magnitude = math.sin(x.magnitude)  #: sin value
    rate = math.cos(x.magnitude)  #: sin x
    return law(magnitude, (x, rate))


def cos(x):
    magnitude = math.cos(x.magnitude)  #: cos value
    rate = -math.sin(x.magnitude)  #: cos x
    return law(magnitude, (x, rate))


def arcsin(x):
    magnitude = math.asin(x.magnitude)  #: asin value
    rate = power(1 - x.magnitude**2, -0.5)  #: asin x
    return law(magnitude, (x, rate))


def arctan(x):
    magnitude = math.atan(x.magnitude)  #: atan value
    rate = 1 / (1 + x.magnitude**2)  #: atan x
    return law(magnitude, (x, rate))


def tan(x):
    magnitude = math.tan(x.magnitude)  #: tan value
    rate = 1 + magnitude**2  #: tan x
    return law(magnitude, (x, rate))


def tanh(x):
    magnitude = math.tanh(x.magnitude)  #: tanh value
    rate = 1 - magnitude**2  #: tanh x
    return law(magnitude, (x, rate))


def logistic(x):
    magnitude = 1 / (1 + exponential(-x.magnitude))  #: sigmoid value
    rate = magnitude * (1 - magnitude)  #: sigmoid x
    return law(magnitude, (x, rate))


def relu(x):
    magnitude = max(x.magnitude, 0.0)  #: relu value
    rate = 1.0 if x.magnitude > 0 else 0.0  #: relu x
    return law(magnitude, (x, rate))


def leaky_relu(x, slope=0.01):
    magnitude = x.magnitude if x.magnitude > 0 else slope * x.magnitude  #: leaky_relu value
    rate = 1.0 if x.magnitude > 0 else slope  #: leaky_relu x
    return law(magnitude, (x, rate))


def softplus(x):
    magnitude = max(x.magnitude, 0.0) + math.log1p(math.exp(-abs(x.magnitude)))  #: softplus value
    rate = 1 / (1 + exponential(-x.magnitude))  #: softplus x
    return law(magnitude, (x, rate))


# Laws of two quantities. At a tie, each has half of the influence.


def maximum(x, y):
    x, y = quantity(x), quantity(y)
    magnitude = max(x.magnitude, y.magnitude)  #: maximum value
    rate_x = (x.magnitude >= y.magnitude) - 0.5 * (x.magnitude == y.magnitude)  #: maximum x
    rate_y = (y.magnitude >= x.magnitude) - 0.5 * (x.magnitude == y.magnitude)  #: maximum y
    return law(magnitude, (x, rate_x), (y, rate_y))


def minimum(x, y):
    x, y = quantity(x), quantity(y)
    magnitude = min(x.magnitude, y.magnitude)  #: minimum value
    rate_x = (x.magnitude <= y.magnitude) - 0.5 * (x.magnitude == y.magnitude)  #: minimum x
    rate_y = (y.magnitude <= x.magnitude) - 0.5 * (x.magnitude == y.magnitude)  #: minimum y
    return law(magnitude, (x, rate_x), (y, rate_y))
