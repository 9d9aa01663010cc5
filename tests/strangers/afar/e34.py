# shape: class Value(data); call v.backward(); value .data, gradient .grad; zero_grad(params) between steps clears the leaves; calling backward again on the same graph should add the same gradient again to the leaves
# mistake: backward | backward | - | stale gradients: inner nodes keep their .grad from an earlier backward call on the same graph, so the second call sends too much
import math


class Value:
    def __init__(self, data, _kids=(), _op=None):
        self.data = data
        self.grad = 0
        self._kids = _kids
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), "*")

    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + other * -1
    def __rsub__(self, other): return -self + other

    def recip(self): return Value(1 / self.data, (self,), "recip")
    def __truediv__(self, other):
        return self * (other.recip() if isinstance(other, Value) else 1 / other)
    def __rtruediv__(self, other): return self.recip() * other

    def sigmoid(self): return Value(1 / (1 + math.exp(-self.data)), (self,), "sigmoid")
    def exp(self): return Value(math.exp(self.data), (self,), "exp")
    def sin(self): return Value(math.sin(self.data), (self,), "sin")
    def relu(self): return Value(max(0, self.data), (self,), "relu")

    def _back(self):
        g = self.grad
        if self._op == "+":
            for k in self._kids:
                k.grad += g
        elif self._op == "*":
            a, b = self._kids
            a.grad, da = a.grad + g * b.data, None
            b.grad += g * a.data
        elif self._op == "recip":
            self._kids[0].grad += -g * self.data ** 2
        elif self._op == "sigmoid":
            self._kids[0].grad += g * self.data * (1 - self.data)
        elif self._op == "exp":
            self._kids[0].grad += g * self.data
        elif self._op == "sin":
            self._kids[0].grad += g * math.cos(self._kids[0].data)
        elif self._op == "relu":
            self._kids[0].grad += g if self.data > 0 else 0

    def backward(self):
        topo = []
        vis = set()

        def build(v):
            if v not in vis:
                vis.add(v)
                for k in v._kids:
                    build(k)
                topo.append(v)
        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._back()


def zero_grad(ps):
    for p in ps:
        p.grad = 0


w = Value(0.5)
b = Value(0.0)
data = [(0, 0), (1, 1), (2, 1), (-1, 0)]
for epoch in range(30):
    zero_grad([w, b])
    loss = Value(0)
    for x, y in data:
        d = (w * x + b).sigmoid() - y
        loss = loss + d * d
    loss.backward()
    w.data -= 0.5 * w.grad
    b.data -= 0.5 * b.grad
print("loss", loss.data)
