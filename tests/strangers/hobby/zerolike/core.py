import contextlib
import heapq
import weakref

import numpy as np


class Config:
    enable_backprop = True


@contextlib.contextmanager
def using_config(name, value):
    old = getattr(Config, name)
    setattr(Config, name, value)
    try:
        yield
    finally:
        setattr(Config, name, old)


def no_grad():
    return using_config("enable_backprop", False)


class Variable:
    __array_priority__ = 200

    def __init__(self, data, name=None):
        if data is not None and not isinstance(data, np.ndarray):
            raise TypeError("{} is not supported".format(type(data)))
        self.data = data
        self.name = name
        self.grad = None
        self.creator = None
        self.generation = 0

    @property
    def shape(self):
        return self.data.shape

    @property
    def ndim(self):
        return self.data.ndim

    @property
    def dtype(self):
        return self.data.dtype

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        return "variable(None)" if self.data is None else "variable(" + str(self.data) + ")"

    def set_creator(self, func):
        self.creator = func
        self.generation = func.generation + 1

    def cleargrad(self):
        self.grad = None

    def backward(self, retain_grad=False, create_graph=False):
        if self.grad is None:
            self.grad = Variable(np.ones_like(self.data))
        queue, seen, tick = [], set(), 0

        def add_func(f):
            nonlocal tick
            if f not in seen:
                seen.add(f)
                tick += 1
                heapq.heappush(queue, (-f.generation, tick, f))

        if self.creator is not None:
            add_func(self.creator)
        while queue:
            f = heapq.heappop(queue)[2]
            gys = [output().grad for output in f.outputs]
            with using_config("enable_backprop", create_graph):
                gxs = f.backward(*gys)
                if not isinstance(gxs, tuple):
                    gxs = (gxs,)
                for x, gx in zip(f.inputs, gxs):
                    x.grad = gx if x.grad is None else x.grad + gx
                    if x.creator is not None:
                        add_func(x.creator)
            if not retain_grad:
                for y in f.outputs:
                    y().grad = None

    def reshape(self, *shape):
        import zerolike.functions as F
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = shape[0]
        return F.reshape(self, shape)

    def transpose(self, *axes):
        import zerolike.functions as F
        if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
            axes = axes[0]
        return F.transpose(self, axes or None)

    @property
    def T(self):
        import zerolike.functions as F
        return F.transpose(self)

    def sum(self, axis=None, keepdims=False):
        import zerolike.functions as F
        return F.sum(self, axis, keepdims)


class Parameter(Variable):
    pass


def as_array(x):
    return np.array(x) if np.isscalar(x) else x


def as_variable(obj):
    return obj if isinstance(obj, Variable) else Variable(obj)


class Function:
    def __call__(self, *inputs):
        inputs = [as_variable(x) for x in inputs]
        ys = self.forward(*[x.data for x in inputs])
        if not isinstance(ys, tuple):
            ys = (ys,)
        outputs = [Variable(as_array(y)) for y in ys]
        if Config.enable_backprop:
            self.generation = max(x.generation for x in inputs)
            for output in outputs:
                output.set_creator(self)
            self.inputs = inputs
            self.outputs = [weakref.ref(output) for output in outputs]
        return outputs if len(outputs) > 1 else outputs[0]


class Add(Function):
    def forward(self, x0, x1):
        self.shapes = x0.shape, x1.shape
        return x0 + x1

    def backward(self, gy):
        import zerolike.functions as F
        return tuple(F.sum_to(gy, shape) for shape in self.shapes)


def add(x0, x1):
    return Add()(x0, as_array(x1))


class Mul(Function):
    def forward(self, x0, x1):
        return x0 * x1

    def backward(self, gy):
        import zerolike.functions as F
        x0, x1 = self.inputs
        return F.sum_to(gy * x1, x0.shape), F.sum_to(gy * x0, x1.shape)


def mul(x0, x1):
    return Mul()(x0, as_array(x1))


class Neg(Function):
    def forward(self, x):
        return -x

    def backward(self, gy):
        return -gy


def neg(x):
    return Neg()(x)


class Sub(Function):
    def forward(self, x0, x1):
        self.shapes = x0.shape, x1.shape
        return x0 - x1

    def backward(self, gy):
        import zerolike.functions as F
        return F.sum_to(gy, self.shapes[0]), F.sum_to(-gy, self.shapes[1])


def sub(x0, x1):
    return Sub()(x0, as_array(x1))


def rsub(x0, x1):
    return Sub()(as_array(x1), x0)


class Div(Function):
    def forward(self, x0, x1):
        return x0 / x1

    def backward(self, gy):
        import zerolike.functions as F
        x0, x1 = self.inputs
        return F.sum_to(gy / x1, x0.shape), F.sum_to(gy * (-x0 / x1**2), x1.shape)


def div(x0, x1):
    return Div()(x0, as_array(x1))


def rdiv(x0, x1):
    return Div()(as_array(x1), x0)


class Pow(Function):
    def __init__(self, c):
        self.c = c

    def forward(self, x):
        return x**self.c

    def backward(self, gy):
        (x,) = self.inputs
        return self.c * x ** (self.c - 1) * gy


def pow(x, c):
    return Pow(c)(x)


def setup_variable():
    import zerolike.functions as F
    Variable.__add__ = add
    Variable.__radd__ = add
    Variable.__mul__ = mul
    Variable.__rmul__ = mul
    Variable.__neg__ = neg
    Variable.__sub__ = sub
    Variable.__rsub__ = rsub
    Variable.__truediv__ = div
    Variable.__rtruediv__ = rdiv
    Variable.__pow__ = pow
    Variable.__getitem__ = F.get_item
    Variable.__matmul__ = F.matmul
    Variable.matmul = F.matmul
    Variable.dot = F.matmul
