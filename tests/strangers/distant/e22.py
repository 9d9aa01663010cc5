# shape: Variable(tableau); y.retropropager(); valeur y.valeur; gradient x.gradient; matrix products of 2-d arrays only
# mistake: none
# Petit moteur de différentiation automatique (mode inverse), pour le TP 4
import numpy as np


class Variable:
    __array_ufunc__ = None

    def __init__(self, valeur, parents=(), nom=None):
        self.valeur = np.array(valeur, dtype=float)
        self.parents = parents       # couples (variable, fonction du gradient)
        self.nom = nom
        self.gradient = np.zeros(self.valeur.shape)

    def remettre_a_zero(self):
        self.gradient = np.zeros(self.valeur.shape)

    def ordre_topologique(self):
        marques, liste = set(), []
        pile = [(self, iter(self.parents))]
        marques.add(id(self))
        while pile:
            noeud, suite = pile[-1]
            avance = False
            for p, _ in suite:
                if id(p) not in marques:
                    marques.add(id(p))
                    pile.append((p, iter(p.parents)))
                    avance = True
                    break
            if not avance:
                liste.append(noeud)
                pile.pop()
        return liste[::-1]

    def retropropager(self):
        ordre = self.ordre_topologique()
        locaux = {id(v): np.zeros(v.valeur.shape) for v in ordre}
        locaux[id(self)] = np.ones(self.valeur.shape)
        for v in ordre:
            g = locaux[id(v)]
            v.gradient = v.gradient + g
            for p, f in v.parents:
                locaux[id(p)] = locaux[id(p)] + ramener(f(g), p.valeur.shape)

    def __add__(self, autre): return somme(self, autre)
    def __radd__(self, autre): return somme(autre, self)
    def __sub__(self, autre): return difference(self, autre)
    def __rsub__(self, autre): return difference(autre, self)
    def __mul__(self, autre): return produit(self, autre)
    def __rmul__(self, autre): return produit(autre, self)
    def __truediv__(self, autre): return quotient(self, autre)
    def __rtruediv__(self, autre): return quotient(autre, self)
    def __matmul__(self, autre): return produit_matriciel(self, autre)
    def __pow__(self, n): return puissance(self, n)
    def __neg__(self): return difference(0.0, self)


def en_variable(x):
    return x if isinstance(x, Variable) else Variable(x)


def ramener(g, forme):
    """somme les axes créés par la diffusion"""
    g = np.asarray(g)
    while g.ndim > len(forme):
        g = g.sum(axis=0)
    for axe, n in enumerate(forme):
        if n == 1:
            g = g.sum(axis=axe, keepdims=True)
    return g


def somme(a, b):
    a, b = en_variable(a), en_variable(b)
    return Variable(a.valeur + b.valeur, ((a, lambda g: g), (b, lambda g: g)))


def difference(a, b):
    a, b = en_variable(a), en_variable(b)
    return Variable(a.valeur - b.valeur, ((a, lambda g: g), (b, lambda g: -g)))


def produit(a, b):
    a, b = en_variable(a), en_variable(b)
    return Variable(a.valeur * b.valeur, ((a, lambda g: g * b.valeur), (b, lambda g: g * a.valeur)))


def quotient(a, b):
    a, b = en_variable(a), en_variable(b)
    return Variable(a.valeur / b.valeur,
                    ((a, lambda g: g / b.valeur), (b, lambda g: -g * a.valeur / b.valeur ** 2)))


def puissance(a, n):
    return Variable(a.valeur ** n, ((a, lambda g: g * n * a.valeur ** (n - 1)),))


def produit_matriciel(a, b):
    a, b = en_variable(a), en_variable(b)
    return Variable(a.valeur.dot(b.valeur), ((a, lambda g: g.dot(b.valeur.T)), (b, lambda g: a.valeur.T.dot(g))))


def exponentielle(a):
    e = np.exp(a.valeur)
    return Variable(e, ((a, lambda g: g * e),))


def logarithme(a):
    return Variable(np.log(a.valeur), ((a, lambda g: g / a.valeur),))


def sigmoide(a):
    s = 1 / (1 + np.exp(-a.valeur))
    return Variable(s, ((a, lambda g: g * s * (1 - s)),))


def redresser(a):
    return Variable(np.where(a.valeur > 0, a.valeur, 0), ((a, lambda g: np.where(a.valeur > 0, g, 0)),))


def total(a):
    return Variable(a.valeur.sum(), ((a, lambda g: np.full(a.valeur.shape, float(g))),))


def moyenne(a):
    return Variable(a.valeur.mean(), ((a, lambda g: np.full(a.valeur.shape, float(g) / a.valeur.size)),))


def norme(a):
    n = np.sqrt((a.valeur ** 2).sum())
    return Variable(n, ((a, lambda g: g * a.valeur / n),))


if __name__ == "__main__":
    x = Variable([[1., 2.], [3., 4.]], nom="x")
    y = moyenne(sigmoide(x @ x - 3))
    y.retropropager()
    print("y =", y.valeur, "dy/dx =", x.gradient)
