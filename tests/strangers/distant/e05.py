# shape: Variable(np.array); y.backward(); value y.data; gradient x.grad (ndarray); Function classes with forward/backward, generations for the order
# mistake: graph order (generation of a function with several inputs) | backward | - | generation is the first input's, not the greatest, so a node may be processed before all its gradient has come
import heapq
import weakref
import contextlib
import numpy as np


class Config:
    enable_backprop = True


@contextlib.contextmanager
def no_grad():
    old, Config.enable_backprop = Config.enable_backprop, False
    try:
        yield
    finally:
        Config.enable_backprop = old


def as_array(x):
    return np.array(x) if np.isscalar(x) else x


def as_variable(o):
    return o if isinstance(o, Variable) else Variable(np.asarray(o, dtype=float))


class Variable:
    __array_priority__ = 200

    def __init__(self, data, name=None):
        if data is not None and not isinstance(data, np.ndarray):
            raise TypeError("{} is not supported".format(type(data)))
        self.data, self.name = data, name
        self.grad = None
        self.creator = None
        self.generation = 0

    def set_creator(self, f):
        self.creator = f
        self.generation = f.generation + 1

    def cleargrad(self):
        self.grad = None

    def backward(self, retain_grad=False):
        if self.grad is None:
            self.grad = np.ones_like(self.data)
        queue, seen, tick = [], set(), 0

        def push(f):
            nonlocal tick
            if f is not None and f not in seen:
                seen.add(f)
                tick += 1
                heapq.heappush(queue, (-f.generation, tick, f))

        push(self.creator)
        while queue:
            _, _, f = heapq.heappop(queue)
            gys = [o().grad for o in f.outputs]
            gxs = f.backward(*gys)
            if not isinstance(gxs, tuple):
                gxs = (gxs,)
            for x, gx in zip(f.inputs, gxs):
                x.grad = gx if x.grad is None else x.grad + gx
                push(x.creator)
            if not retain_grad:
                for o in f.outputs:
                    if o() is not self:
                        o().grad = None


class Function:
    def __call__(self, *inputs):
        inputs = [as_variable(i) for i in inputs]
        ys = self.forward(*[i.data for i in inputs])
        ys = ys if isinstance(ys, tuple) else (ys,)
        outputs = [Variable(as_array(y)) for y in ys]
        if Config.enable_backprop:
            self.generation = inputs[0].generation
            for o in outputs:
                o.set_creator(self)
            self.inputs = inputs
            self.outputs = [weakref.ref(o) for o in outputs]
        return outputs if len(outputs) > 1 else outputs[0]


def sum_to(g, shape):
    if g.shape == shape:
        return g
    lead = g.ndim - len(shape)
    ax = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=ax, keepdims=True).reshape(shape)


class Add(Function):
    def forward(self, a, b):
        self.s = a.shape, b.shape
        return a + b

    def backward(self, gy):
        return sum_to(gy, self.s[0]), sum_to(gy, self.s[1])


class Mul(Function):
    def forward(self, a, b):
        return a * b

    def backward(self, gy):
        a, b = self.inputs[0].data, self.inputs[1].data
        return sum_to(gy * b, a.shape), sum_to(gy * a, b.shape)


class Div(Function):
    def forward(self, a, b):
        return a / b

    def backward(self, gy):
        a, b = self.inputs[0].data, self.inputs[1].data
        return sum_to(gy / b, a.shape), sum_to(-gy * a / b ** 2, b.shape)


class Neg(Function):
    def forward(self, a): return -a
    def backward(self, gy): return -gy


class Square(Function):
    def forward(self, a): return a ** 2
    def backward(self, gy): return 2 * self.inputs[0].data * gy


class Exp(Function):
    def forward(self, a): return np.exp(a)
    def backward(self, gy): return np.exp(self.inputs[0].data) * gy


class Sin(Function):
    def forward(self, a): return np.sin(a)
    def backward(self, gy): return np.cos(self.inputs[0].data) * gy


class Tanh(Function):
    def forward(self, a): return np.tanh(a)
    def backward(self, gy): return gy * (1 - self.outputs[0]().data ** 2)


class Sum(Function):
    def forward(self, a): return a.sum()
    def backward(self, gy): return np.broadcast_to(gy, self.inputs[0].data.shape)


def add(a, b): return Add()(a, b)
def mul(a, b): return Mul()(a, b)
def div(a, b): return Div()(a, b)
def neg(a): return Neg()(a)
def square(a): return Square()(a)
def exp(a): return Exp()(a)
def sin(a): return Sin()(a)
def tanh(a): return Tanh()(a)
def sum_(a): return Sum()(a)


Variable.__add__ = Variable.__radd__ = add
Variable.__mul__ = Variable.__rmul__ = mul
Variable.__neg__ = neg
Variable.__sub__ = lambda a, b: add(a, neg(as_variable(b)))
Variable.__rsub__ = lambda a, b: add(b, neg(a))
Variable.__truediv__ = div
Variable.__rtruediv__ = lambda a, b: div(b, a)
Variable.sum = sum_
