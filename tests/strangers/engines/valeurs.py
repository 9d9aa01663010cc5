"""Un petit moteur, en français : tout y est, sauf l'anglais (class Valeur; .valeur, .gradient, and
retropropager() for the backward pass).

Operations: + - * / ** (number) and unary minus, numbers on either side; methods exp, log, tanh, and
racine (square root), carre (square), logistique (sigmoid).
To be said: right; plain numbers; its three French names are of no operation that is known.
"""

import math


class Valeur:
    __slots__ = ("valeur", "gradient", "_parents", "_rang")
    _compteur = 0

    def __init__(self, valeur, parents=()):
        self.valeur = float(valeur)
        self.gradient = 0.0
        self._parents = parents
        Valeur._compteur += 1
        self._rang = Valeur._compteur

    def __repr__(self):
        return f"Valeur({self.valeur:g}, gradient={self.gradient:g})"

    @staticmethod
    def _de(autre):
        return autre if isinstance(autre, Valeur) else Valeur(autre)

    def __add__(self, autre):
        autre = self._de(autre)
        return Valeur(self.valeur + autre.valeur, ((self, 1.0), (autre, 1.0)))

    def __sub__(self, autre):
        autre = self._de(autre)
        return Valeur(self.valeur - autre.valeur, ((self, 1.0), (autre, -1.0)))

    def __mul__(self, autre):
        autre = self._de(autre)
        return Valeur(self.valeur * autre.valeur, ((self, autre.valeur), (autre, self.valeur)))

    def __truediv__(self, autre):
        autre = self._de(autre)
        quotient = self.valeur / autre.valeur
        return Valeur(quotient, ((self, 1 / autre.valeur), (autre, -quotient / autre.valeur)))

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise TypeError("l'exposant doit être un nombre")
        pente = n * self.valeur ** (n - 1) if n else 0.0
        return Valeur(self.valeur**n, ((self, pente),))

    def __neg__(self):
        return Valeur(-self.valeur, ((self, -1.0),))

    def __radd__(self, autre):
        return self._de(autre) + self

    def __rsub__(self, autre):
        return self._de(autre) - self

    def __rmul__(self, autre):
        return self._de(autre) * self

    def __rtruediv__(self, autre):
        return self._de(autre) / self

    def exp(self):
        e = math.exp(self.valeur)
        return Valeur(e, ((self, e),))

    def log(self):
        return Valeur(math.log(self.valeur), ((self, 1 / self.valeur),))

    def tanh(self):
        t = math.tanh(self.valeur)
        return Valeur(t, ((self, 1 - t * t),))

    def racine(self):
        r = math.sqrt(self.valeur)
        return Valeur(r, ((self, 0.5 / r),))

    def carre(self):
        return Valeur(self.valeur**2, ((self, 2 * self.valeur),))

    def logistique(self):
        s = 0.5 + 0.5 * math.tanh(0.5 * self.valeur)
        return Valeur(s, ((self, s * (1 - s)),))

    def retropropager(self):
        atteints, pile = {self}, [self]
        while pile:
            for parent, _ in pile.pop()._parents:
                if parent not in atteints:
                    atteints.add(parent)
                    pile.append(parent)
        for noeud in atteints:
            noeud.gradient = 0.0
        self.gradient = 1.0
        for noeud in sorted(atteints, key=lambda n: n._rang, reverse=True):
            for parent, pente in noeud._parents:
                parent.gradient += pente * noeud.gradient
