"""After a C++ library for statistics: var has val() and adj(), all are on one stack, grad(f) goes back over it."""
import math

_stack = []


class vari:
    def __init__(self, val):
        self.val_, self.adj_ = val, 0.0
        _stack.append(self)

    def chain(self):
        pass


class add_vari(vari):
    def __init__(self, a, b):
        super().__init__(a.val_ + b.val_)
        self.a, self.b = a, b

    def chain(self):
        self.a.adj_ += self.adj_
        self.b.adj_ += self.adj_


class multiply_vari(vari):
    def __init__(self, a, b):
        super().__init__(a.val_ * b.val_)
        self.a, self.b = a, b

    def chain(self):
        self.a.adj_ += self.b.val_ * self.adj_
        self.b.adj_ += self.a.val_ * self.adj_


class divide_vari(vari):
    def __init__(self, a, b):
        super().__init__(a.val_ / b.val_)
        self.a, self.b = a, b

    def chain(self):
        self.a.adj_ += self.adj_ / self.b.val_
        self.b.adj_ -= self.adj_ * self.val_ / self.b.val_


class unary_vari(vari):
    def __init__(self, a, val, slope):
        super().__init__(val)
        self.a, self.slope = a, slope

    def chain(self):
        self.a.adj_ += self.slope * self.adj_


class var:
    def __init__(self, x):
        self.vi = x if isinstance(x, vari) else vari(float(x))

    def val(self):
        return self.vi.val_

    def adj(self):
        return self.vi.adj_

    def grad(self):
        set_zero_all_adjoints()
        self.vi.adj_ = 1.0
        for v in reversed(_stack):
            v.chain()

    def __add__(self, o): return var(add_vari(self.vi, _var(o).vi))
    def __radd__(self, o): return _var(o) + self
    def __mul__(self, o): return var(multiply_vari(self.vi, _var(o).vi))
    def __rmul__(self, o): return _var(o) * self
    def __truediv__(self, o): return var(divide_vari(self.vi, _var(o).vi))
    def __rtruediv__(self, o): return _var(o) / self
    def __neg__(self): return var(unary_vari(self.vi, -self.val(), -1.0))
    def __sub__(self, o): return self + (-_var(o))
    def __rsub__(self, o): return _var(o) - self


def _var(x):
    return x if isinstance(x, var) else var(x)


def set_zero_all_adjoints():
    for v in _stack:
        v.adj_ = 0.0


def recover_memory():
    _stack.clear()


def exp(a): return var(unary_vari(a.vi, math.exp(a.val()), math.exp(a.val())))
def log(a): return var(unary_vari(a.vi, math.log(a.val()), 1 / a.val()))
def square(a): return var(unary_vari(a.vi, a.val() ** 2, a.val()))
def inv_logit(a):
    y = 1 / (1 + math.exp(-a.val()))
    return var(unary_vari(a.vi, y, y * (1 - y)))
