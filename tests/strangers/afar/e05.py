# shape: class Variable(data), Function objects called on Variables; call y.backward(); value .data, gradient .grad (ndarray); cleargrad()
# mistake: backward | backward | - | wrong topological order: a plain stack of functions, a node is handled before all of its uses are
import numpy as np


def as_array(x):
    return np.array(x, dtype=float) if np.isscalar(x) or isinstance(x, (list, int)) else x


class Variable:
    __array_priority__ = 200

    def __init__(self, data, name=None):
        self.data = as_array(data)
        self.name = name
        self.grad = None
        self.creator = None

    def cleargrad(self):
        self.grad = None

    def backward(self):
        if self.grad is None:
            self.grad = np.ones_like(self.data)
        todo = [self.creator] if self.creator else []
        queued = set(todo)
        while todo:
            f = todo.pop()
            gxs = f.backward(f.output.grad)
            if not isinstance(gxs, tuple):
                gxs = (gxs,)
            for x, gx in zip(f.inputs, gxs):
                x.grad = gx if x.grad is None else x.grad + gx
                if x.creator is not None and x.creator not in queued:
                    queued.add(x.creator)
                    todo.append(x.creator)


class Function:
    def __call__(self, *inputs):
        inputs = [i if isinstance(i, Variable) else Variable(i) for i in inputs]
        y = Variable(as_array(self.forward(*[i.data for i in inputs])))
        y.creator = self
        self.inputs, self.output = inputs, y
        return y


def shrink(g, shape):
    if g.shape == shape:
        return g
    extra = g.ndim - len(shape)
    g = g.sum(axis=tuple(range(extra))) if extra else g
    axes = tuple(i for i, s in enumerate(shape) if s == 1)
    return g.sum(axis=axes, keepdims=True) if axes else g


class Add(Function):
    def forward(self, a, b):
        self.shapes = np.shape(a), np.shape(b)
        return a + b

    def backward(self, g):
        return shrink(g, self.shapes[0]), shrink(g, self.shapes[1])


class Mul(Function):
    def forward(self, a, b):
        return a * b

    def backward(self, g):
        a, b = self.inputs[0].data, self.inputs[1].data
        return shrink(g * b, np.shape(a)), shrink(g * a, np.shape(b))


class Neg(Function):
    def forward(self, a): return -a
    def backward(self, g): return -g


class Square(Function):
    def forward(self, a): return a ** 2
    def backward(self, g): return 2 * self.inputs[0].data * g


class Exp(Function):
    def forward(self, a): return np.exp(a)
    def backward(self, g): return self.output.data * g


class Sin(Function):
    def forward(self, a): return np.sin(a)
    def backward(self, g): return np.cos(self.inputs[0].data) * g


class Sum(Function):
    def forward(self, a): return np.array(a.sum())
    def backward(self, g): return g * np.ones_like(self.inputs[0].data)


def add(a, b): return Add()(a, b)
def mul(a, b): return Mul()(a, b)
def neg(a): return Neg()(a)
def square(a): return Square()(a)
def exp(a): return Exp()(a)
def sin(a): return Sin()(a)
def vsum(a): return Sum()(a)


Variable.__add__ = add
Variable.__radd__ = add
Variable.__mul__ = mul
Variable.__rmul__ = mul
Variable.__neg__ = neg
Variable.__sub__ = lambda a, b: add(a, neg(b))
Variable.__rsub__ = lambda a, b: add(b, neg(a))
