"""Arithmetic in words: methods plus, minus, times, over, negated, to_the; no operator is overloaded.

The class is called Quantity; .amount is the value, .slope the gradient, backpropagate() the pass.
Operations: plus, minus, times, over (each takes a Quantity or a number), negated, to_the(number),
squared, exponential, logarithm, root, sine, cosine.
To be said: right; plain numbers. Intermediate slopes are kept; each backpropagate starts anew.
"""

from math import cos, exp, log, sin, sqrt


class Quantity:
    def __init__(self, amount):
        self.amount = amount
        self.slope = 0.0
        self.made_from = []

    @classmethod
    def _result(cls, amount, *made_from):
        result = cls(amount)
        result.made_from = [(q, d) for q, d in made_from if isinstance(q, cls)]
        return result

    @staticmethod
    def _amount(thing):
        return thing.amount if isinstance(thing, Quantity) else thing

    def plus(self, other):
        return self._result(self.amount + self._amount(other), (self, 1), (other, 1))

    def minus(self, other):
        return self._result(self.amount - self._amount(other), (self, 1), (other, -1))

    def times(self, other):
        b = self._amount(other)
        return self._result(self.amount * b, (self, b), (other, self.amount))

    def over(self, other):
        b = self._amount(other)
        return self._result(self.amount / b, (self, 1 / b), (other, -self.amount / b**2))

    def negated(self):
        return self._result(-self.amount, (self, -1))

    def squared(self):
        return self._result(self.amount**2, (self, 2 * self.amount))

    def to_the(self, n):
        return self._result(self.amount**n, (self, n * self.amount ** (n - 1) if n else 0.0))

    def exponential(self):
        e = exp(self.amount)
        return self._result(e, (self, e))

    def logarithm(self):
        return self._result(log(self.amount), (self, 1 / self.amount))

    def root(self):
        r = sqrt(self.amount)
        return self._result(r, (self, 1 / (2 * r)))

    def sine(self):
        return self._result(sin(self.amount), (self, cos(self.amount)))

    def cosine(self):
        return self._result(cos(self.amount), (self, -sin(self.amount)))

    def backpropagate(self):
        order = self._order()
        for quantity in order:
            quantity.slope = 0.0
        self.slope = 1.0
        for quantity in order:
            for source, derivative in quantity.made_from:
                source.slope += derivative * quantity.slope

    def _order(self):
        """All quantities below this one, each before those that it was made from."""
        waiting, stack = {id(self): 0}, [self]
        while stack:
            for source, _ in stack.pop().made_from:
                if id(source) not in waiting:
                    waiting[id(source)] = 0
                    stack.append(source)
                waiting[id(source)] += 1
        order, ready = [], [self]
        while ready:
            quantity = ready.pop()
            order.append(quantity)
            for source, _ in quantity.made_from:
                waiting[id(source)] -= 1
                if not waiting[id(source)]:
                    ready.append(source)
        return order
