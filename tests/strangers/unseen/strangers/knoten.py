# -*- coding: utf-8 -*-
"""Rückwärtsdifferentiation -- Seminararbeit, Anhang B.

Jede Variable (Knoten) kennt ihren Erzeuger (Funktion), jede Funktion ihre
Eingänge. Rückwärts wird nach Rang abgearbeitet (Heap).
"""
import heapq
import itertools
import numpy as np

_zaehler = itertools.count()


class Knoten:
    __array_priority__ = 200

    def __init__(self, wert, name=None):
        self.wert = np.asarray(wert, dtype=float)
        self.abl = None           # Ableitung
        self.erzeuger = None
        self.rang = 0
        self.name = name

    def loesche(self):
        self.abl = None

    def rueckwaerts(self, behalten=False):
        if self.abl is None:
            self.abl = np.ones_like(self.wert)
        if self.erzeuger is None:
            return
        heap, gesehen = [], set()

        def rein(f):
            if f is not None and f not in gesehen:
                gesehen.add(f)
                heapq.heappush(heap, (-f.rang, next(_zaehler), f))

        rein(self.erzeuger)
        while heap:
            _, _, f = heapq.heappop(heap)
            gs = f.rueck(f.ausgang.abl)
            if not isinstance(gs, tuple):
                gs = (gs,)
            for k, g in zip(f.eingaenge, gs):
                g = _passend(g, k.wert.shape)
                k.abl = g if k.abl is None else k.abl + g
                rein(k.erzeuger)
            if not behalten and f.ausgang is not self:
                f.ausgang.abl = None      # Speicher sparen

    def __repr__(self):
        return "Knoten(%s%s)" % (self.name + "=" if self.name else "", self.wert)

    @property
    def form(self):
        return self.wert.shape


def _passend(g, form):
    g = np.asarray(g)
    if g.shape == form:
        return g
    vorne = g.ndim - len(form)
    achsen = tuple(i + vorne for i, n in enumerate(form) if n == 1)
    g = g.sum(tuple(range(vorne)) + achsen, keepdims=True)
    return g.reshape(form)


class Funktion:
    def __call__(self, *xs):
        xs = [x if isinstance(x, Knoten) else Knoten(x) for x in xs]
        y = Knoten(self.vor(*[x.wert for x in xs]))
        self.eingaenge, self.ausgang = xs, y
        self.rang = max(x.rang for x in xs)
        y.erzeuger, y.rang = self, self.rang + 1
        return y

    @property
    def x(self):
        return [k.wert for k in self.eingaenge]


class Summe(Funktion):
    def vor(self, a, b): return a + b
    def rueck(self, g): return g, g

class Differenz(Funktion):
    def vor(self, a, b): return a - b
    def rueck(self, g): return g, -g

class Produkt(Funktion):
    def vor(self, a, b): return a * b
    def rueck(self, g):
        a, b = self.x
        return g * b, g * a

class Quotient(Funktion):
    def vor(self, a, b): return a / b
    def rueck(self, g):
        a, b = self.x
        return g / b, -g * a / b ** 2

class Potenz(Funktion):
    def __init__(self, n): self.n = n
    def vor(self, a): return a ** self.n
    def rueck(self, g): return g * self.n * self.x[0] ** (self.n - 1)

class Exp(Funktion):
    def vor(self, a): return np.exp(a)
    def rueck(self, g): return g * self.ausgang.wert

class Log(Funktion):
    def vor(self, a): return np.log(a)
    def rueck(self, g): return g / self.x[0]

class Sin(Funktion):
    def vor(self, a): return np.sin(a)
    def rueck(self, g): return g * np.cos(self.x[0])

class Tanh(Funktion):
    def vor(self, a): return np.tanh(a)
    def rueck(self, g): return g * (1 - self.ausgang.wert ** 2)

class SummeUeber(Funktion):
    def __init__(self, achse=None): self.achse = achse
    def vor(self, a): return a.sum(axis=self.achse)
    def rueck(self, g):
        if self.achse is not None:
            g = np.expand_dims(g, self.achse)
        return np.broadcast_to(g, self.x[0].shape)

class MatProd(Funktion):
    def vor(self, a, b): return a.dot(b)
    def rueck(self, g):
        a, b = self.x
        return g.dot(b.T), a.T.dot(g)


Knoten.__add__ = lambda a, b: Summe()(a, b)
Knoten.__radd__ = lambda a, b: Summe()(b, a)
Knoten.__sub__ = lambda a, b: Differenz()(a, b)
Knoten.__rsub__ = lambda a, b: Differenz()(b, a)
Knoten.__mul__ = lambda a, b: Produkt()(a, b)
Knoten.__rmul__ = lambda a, b: Produkt()(b, a)
Knoten.__truediv__ = lambda a, b: Quotient()(a, b)
Knoten.__rtruediv__ = lambda a, b: Quotient()(b, a)
Knoten.__neg__ = lambda a: Produkt()(-1.0, a)
Knoten.__pow__ = lambda a, n: Potenz(n)(a)
Knoten.__matmul__ = lambda a, b: MatProd()(a, b)


def exp(x): return Exp()(x)
def log(x): return Log()(x)
def sin(x): return Sin()(x)
def tanh(x): return Tanh()(x)
def summe(x, achse=None): return SummeUeber(achse)(x)
def mittel(x): return SummeUeber()(x) / x.wert.size
