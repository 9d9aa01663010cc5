# shape: clase Variable(valor); call y.retropropagar(); value .valor, gradient .gradiente; poner_a_cero(lista)
# mistake: none
"""Diferenciación automática en modo inverso. Tarea 3."""
import math


class Variable:
    def __init__(self, valor, padres=None, etiqueta=None):
        self.valor = valor
        # padres: lista de (variable, derivada local)
        self.padres = padres if padres is not None else []
        self.gradiente = 0.0
        self.etiqueta = etiqueta

    def __str__(self):
        return "{}={}, grad={}".format(self.etiqueta or "?", self.valor, self.gradiente)

    def __add__(self, otra):
        otra = convertir(otra)
        return Variable(self.valor + otra.valor, [(self, 1.0), (otra, 1.0)])

    def __sub__(self, otra):
        otra = convertir(otra)
        return Variable(self.valor - otra.valor, [(self, 1.0), (otra, -1.0)])

    def __mul__(self, otra):
        otra = convertir(otra)
        return Variable(self.valor * otra.valor, [(self, otra.valor), (otra, self.valor)])

    def __truediv__(self, otra):
        otra = convertir(otra)
        return Variable(self.valor / otra.valor,
                        [(self, 1.0 / otra.valor), (otra, -self.valor / otra.valor ** 2)])

    def __pow__(self, otra):
        otra = convertir(otra)
        resultado = self.valor ** otra.valor
        d_base = otra.valor * self.valor ** (otra.valor - 1)
        d_exp = resultado * math.log(self.valor) if self.valor > 0 else 0.0
        return Variable(resultado, [(self, d_base), (otra, d_exp)])

    def __neg__(self):
        return Variable(-self.valor, [(self, -1.0)])

    def __radd__(self, otra): return convertir(otra) + self
    def __rsub__(self, otra): return convertir(otra) - self
    def __rmul__(self, otra): return convertir(otra) * self
    def __rtruediv__(self, otra): return convertir(otra) / self
    def __rpow__(self, otra): return convertir(otra) ** self

    def retropropagar(self):
        orden = []
        vistos = set()

        def visitar(v):
            if id(v) not in vistos:
                vistos.add(id(v))
                for padre, _ in v.padres:
                    visitar(padre)
                orden.append(v)
        visitar(self)
        # los nodos intermedios empiezan siempre de cero; las hojas acumulan
        for v in orden:
            if v.padres:
                v.gradiente = 0.0
        self.gradiente = 1.0
        for v in reversed(orden):
            for padre, local in v.padres:
                padre.gradiente += v.gradiente * local


def convertir(x):
    if isinstance(x, Variable):
        return x
    return Variable(float(x))


def poner_a_cero(variables):
    for v in variables:
        v.gradiente = 0.0


def seno(v): return Variable(math.sin(v.valor), [(v, math.cos(v.valor))])
def coseno(v): return Variable(math.cos(v.valor), [(v, -math.sin(v.valor))])
def exponencial(v):
    e = math.exp(v.valor)
    return Variable(e, [(v, e)])
def logaritmo(v): return Variable(math.log(v.valor), [(v, 1.0 / v.valor)])
def raiz(v):
    r = math.sqrt(v.valor)
    return Variable(r, [(v, 1.0 / (2.0 * r))])


if __name__ == "__main__":
    x = Variable(3.0, etiqueta="x")
    tasa = 0.1
    for paso in range(40):
        poner_a_cero([x])
        costo = (x - 1) ** 2 + 2
        costo.retropropagar()
        x.valor -= tasa * x.gradiente
    print(x)
