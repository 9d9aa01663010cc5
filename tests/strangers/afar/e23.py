# shape: classe Noeud(donnee); fonctions du module; call s.retro() ; value .donnee, gradient .derivee
# mistake: softmax | backward | x | only the diagonal of the Jacobian, s*(1-s), is used
# Projet de L3 : petit moteur de dérivation automatique
import numpy as np


class Noeud:
    def __init__(self, donnee, enfants=(), regle=None):
        self.donnee = np.asarray(donnee, dtype=float)
        self.enfants = tuple(enfants)
        self.regle = regle            # regle(derivee) -> un gradient par enfant
        self.derivee = None

    def __add__(self, autre): return somme2(self, autre)
    def __radd__(self, autre): return somme2(autre, self)
    def __mul__(self, autre): return produit(self, autre)
    def __rmul__(self, autre): return produit(autre, self)
    def __sub__(self, autre): return somme2(self, produit(autre, -1.0))
    def __rsub__(self, autre): return somme2(autre, produit(self, -1.0))
    def __matmul__(self, autre): return matprod(self, autre)

    def parcours(self):
        """tri topologique, des feuilles vers la racine"""
        pile, vus, ordre = [(self, iter(self.enfants))], {self}, []
        while pile:
            n, it = pile[-1]
            for e in it:
                if e not in vus:
                    vus.add(e)
                    pile.append((e, iter(e.enfants)))
                    break
            else:
                ordre.append(n)
                pile.pop()
        return ordre

    def retro(self, graine=None):
        ordre = self.parcours()
        for n in ordre:
            n.derivee = np.zeros_like(n.donnee)
        self.derivee = np.ones_like(self.donnee) if graine is None else np.asarray(graine, float)
        for n in reversed(ordre):
            if n.regle is None:
                continue
            for e, g in zip(n.enfants, n.regle(n.derivee)):
                e.derivee = e.derivee + ajuster(g, e.donnee.shape)


def ajuster(g, forme):
    if g.shape == forme:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(forme))))
    return g.sum(axis=tuple(i for i, k in enumerate(forme) if k == 1), keepdims=True)


def N(x):
    return x if isinstance(x, Noeud) else Noeud(x)


def somme2(a, b):
    a, b = N(a), N(b)
    return Noeud(a.donnee + b.donnee, (a, b), lambda d: (d, d))


def produit(a, b):
    a, b = N(a), N(b)
    return Noeud(a.donnee * b.donnee, (a, b), lambda d: (d * b.donnee, d * a.donnee))


def matprod(a, b):
    a, b = N(a), N(b)
    return Noeud(a.donnee @ b.donnee, (a, b), lambda d: (d @ b.donnee.T, a.donnee.T @ d))


def somme(a):
    return Noeud(a.donnee.sum(), (a,), lambda d: (d * np.ones_like(a.donnee),))


def moyenne(a):
    return Noeud(a.donnee.mean(), (a,), lambda d: (d * np.ones_like(a.donnee) / a.donnee.size,))


def logarithme(a):
    return Noeud(np.log(a.donnee), (a,), lambda d: (d / a.donnee,))


def softmax(a):
    z = a.donnee - a.donnee.max(axis=-1, keepdims=True)
    s = np.exp(z)
    s /= s.sum(axis=-1, keepdims=True)
    return Noeud(s, (a,), lambda d: (d * s * (1.0 - s),))


def tangente_h(a):
    t = np.tanh(a.donnee)
    return Noeud(t, (a,), lambda d: (d * (1.0 - t * t),))


def elu(a, alpha=1.0):
    e = alpha * np.expm1(np.minimum(a.donnee, 0))
    y = np.where(a.donnee > 0, a.donnee, e)
    return Noeud(y, (a,), lambda d: (d * np.where(a.donnee > 0, 1.0, e + alpha),))
