"""Nodos de un grafo de cómputo, para la clase de aprendizaje automático."""
import numpy as np


class Nodo:
    def __init__(self, valor, padres=()):
        self.valor = np.asarray(valor, dtype=float)
        self.padres = padres
        self.gradiente = np.zeros_like(self.valor)

    def __add__(self, otro):
        otro = otro if isinstance(otro, Nodo) else Nodo(otro)
        return Nodo(self.valor + otro.valor, ((self, lambda g: g), (otro, lambda g: g)))

    def __mul__(self, otro):
        otro = otro if isinstance(otro, Nodo) else Nodo(otro)
        return Nodo(self.valor * otro.valor, ((self, lambda g: g * otro.valor), (otro, lambda g: g * self.valor)))

    def __pow__(self, n):
        return Nodo(self.valor ** n, ((self, lambda g: g * self.valor ** (n - 1)),))

    def __matmul__(self, otro):
        return Nodo(self.valor @ otro.valor, ((self, lambda g: g @ otro.valor.T), (otro, lambda g: self.valor.T @ g)))

    def __neg__(self): return self * -1.0
    def __sub__(self, otro): return self + (otro * -1.0)
    def __rsub__(self, otro): return (self * -1.0) + otro
    __radd__, __rmul__ = __add__, __mul__

    def suma(self):
        return Nodo(self.valor.sum(), ((self, lambda g: g * np.ones_like(self.valor)),))

    def exp(self):
        y = np.exp(self.valor)
        return Nodo(y, ((self, lambda g: g * y),))

    def tanh(self):
        y = np.tanh(self.valor)
        return Nodo(y, ((self, lambda g: g * (1 - y * y)),))

    def retropropagar(self):
        orden, vistos = [], set()

        def visitar(n):
            if n not in vistos:
                vistos.add(n)
                for p, _ in n.padres:
                    visitar(p)
                orden.append(n)

        visitar(self)
        self.gradiente = np.ones_like(self.valor)
        for n in reversed(orden):
            for p, f in n.padres:
                aporte = f(n.gradiente)
                while aporte.ndim > p.valor.ndim:
                    aporte = aporte.sum(axis=0)
                for eje, largo in enumerate(p.valor.shape):
                    if largo == 1:
                        aporte = aporte.sum(axis=eje, keepdims=True)
                p.gradiente = p.gradiente + aporte
