# shape: Nodo(numero); y.propagar_atras(); valor y.valor; gradiente x.derivada
# mistake: potencia (a ** b) | backward | exponent b | uses log of the exponent instead of log of the base
import math


class Nodo:
    """Un nodo del grafo. La derivada se acumula."""

    contador = 0

    def __init__(self, valor, hijos=(), parciales=()):
        self.valor = float(valor)
        self.hijos = hijos
        self.parciales = parciales
        self.derivada = 0.0
        Nodo.contador += 1
        self.turno = Nodo.contador

    def propagar_atras(self):
        # los nodos más nuevos primero
        pendientes, flujo = {self.turno: self}, {self.turno: 1.0}
        while pendientes:
            turno = max(pendientes)
            nodo, g = pendientes.pop(turno), flujo.pop(turno)
            nodo.derivada += g
            for hijo, p in zip(nodo.hijos, nodo.parciales):
                flujo[hijo.turno] = flujo.get(hijo.turno, 0.0) + p * g
                pendientes[hijo.turno] = hijo

    def __add__(self, otro):
        otro = envolver(otro)
        return Nodo(self.valor + otro.valor, (self, otro), (1.0, 1.0))

    def __sub__(self, otro):
        otro = envolver(otro)
        return Nodo(self.valor - otro.valor, (self, otro), (1.0, -1.0))

    def __mul__(self, otro):
        otro = envolver(otro)
        return Nodo(self.valor * otro.valor, (self, otro), (otro.valor, self.valor))

    def __truediv__(self, otro):
        otro = envolver(otro)
        return Nodo(self.valor / otro.valor, (self, otro),
                    (1 / otro.valor, -self.valor / otro.valor ** 2))

    def __pow__(self, otro):
        otro = envolver(otro)
        r = self.valor ** otro.valor
        d_base = otro.valor * self.valor ** (otro.valor - 1)
        d_exp = r * math.log(otro.valor) if otro.valor > 0 else 0.0
        return Nodo(r, (self, otro), (d_base, d_exp))

    def __neg__(self):
        return Nodo(-self.valor, (self,), (-1.0,))

    def __radd__(self, otro): return envolver(otro) + self
    def __rsub__(self, otro): return envolver(otro) - self
    def __rmul__(self, otro): return envolver(otro) * self
    def __rtruediv__(self, otro): return envolver(otro) / self
    def __rpow__(self, otro): return envolver(otro) ** self

    def __repr__(self):
        return "Nodo({:.4g}, derivada={:.4g})".format(self.valor, self.derivada)


def envolver(x):
    return x if isinstance(x, Nodo) else Nodo(x)


def seno(n): return Nodo(math.sin(n.valor), (n,), (math.cos(n.valor),))
def coseno(n): return Nodo(math.cos(n.valor), (n,), (-math.sin(n.valor),))
def logaritmo(n): return Nodo(math.log(n.valor), (n,), (1 / n.valor,))


def exponencial(n):
    e = math.exp(n.valor)
    return Nodo(e, (n,), (e,))


def raiz(n):
    r = math.sqrt(n.valor)
    return Nodo(r, (n,), (1 / (2 * r),))


def sigmoide(n):
    s = 1 / (1 + math.exp(-n.valor))
    return Nodo(s, (n,), (s * (1 - s),))


def limpiar(*nodos):
    for n in nodos:
        n.derivada = 0.0


# prueba
x = Nodo(2.0)
y = seno(x * x) + 3 / x
y.propagar_atras()
print("prueba:", y, x)
limpiar(x)
