"""Define-by-run framework in the shape of the 'framework from scratch in 60
steps' book (around step 40): Variable, Function, Config, generations, weakrefs;
gradients are Variables so that create_graph=True gives double backprop."""
import contextlib
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
    return using_config('enable_backprop', False)


class Variable:
    __array_priority__ = 200

    def __init__(self, data, name=None):
        if data is not None and not isinstance(data, np.ndarray):
            raise TypeError('{} is not supported'.format(type(data)))
        self.data = data
        self.name = name
        self.grad = None
        self.creator = None
        self.generation = 0
    @property
    def shape(self): return self.data.shape
    @property
    def ndim(self): return self.data.ndim
    @property
    def size(self): return self.data.size
    def __len__(self): return len(self.data)

    def __repr__(self):
        return 'variable(' + str(self.data).replace('\n', '\n' + ' ' * 9) + ')'

    def set_creator(self, func):
        self.creator = func
        self.generation = func.generation + 1

    def cleargrad(self):
        self.grad = None

    def backward(self, retain_grad=False, create_graph=False):
        if self.grad is None:
            self.grad = Variable(np.ones_like(self.data))
        funcs, seen_set = [], set()

        def add_func(f):
            if f not in seen_set:
                funcs.append(f)
                seen_set.add(f)
                funcs.sort(key=lambda q: q.generation)

        add_func(self.creator)
        while funcs:
            f = funcs.pop()
            gys = [output().grad for output in f.outputs]
            with using_config('enable_backprop', create_graph):
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
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = shape[0]
        return reshape(self, shape)

    def transpose(self): return transpose(self)
    @property
    def T(self): return transpose(self)
    def sum(self, axis=None, keepdims=False): return sum(self, axis, keepdims)


def as_variable(obj): return obj if isinstance(obj, Variable) else Variable(obj)
def as_array(x): return np.array(x) if np.isscalar(x) else x


class Function:
    def __call__(self, *inputs):
        inputs = [as_variable(as_array(x)) for x in inputs]
        ys = self.forward(*[x.data for x in inputs])
        if not isinstance(ys, tuple):
            ys = (ys,)
        outputs = [Variable(as_array(y)) for y in ys]
        if Config.enable_backprop:
            self.generation = max([x.generation for x in inputs])
            for output in outputs:
                output.set_creator(self)
            self.inputs = inputs
            self.outputs = [weakref.ref(output) for output in outputs]
        return outputs if len(outputs) > 1 else outputs[0]

    def forward(self, *xs): raise NotImplementedError()
    def backward(self, *gys): raise NotImplementedError()


class Add(Function):
    def forward(self, x0, x1):
        self.x0_shape, self.x1_shape = x0.shape, x1.shape
        return x0 + x1
    def backward(self, gy):
        return sum_to(gy, self.x0_shape), sum_to(gy, self.x1_shape)

class Sub(Function):
    def forward(self, x0, x1):
        self.x0_shape, self.x1_shape = x0.shape, x1.shape
        return x0 - x1
    def backward(self, gy):
        return sum_to(gy, self.x0_shape), sum_to(-gy, self.x1_shape)

class Mul(Function):
    def forward(self, x0, x1): return x0 * x1
    def backward(self, gy):
        x0, x1 = self.inputs
        return sum_to(gy * x1, x0.shape), sum_to(gy * x0, x1.shape)

class Div(Function):
    def forward(self, x0, x1): return x0 / x1
    def backward(self, gy):
        x0, x1 = self.inputs
        return sum_to(gy / x1, x0.shape), sum_to(gy * (-x0 / x1 ** 2), x1.shape)

class Neg(Function):
    def forward(self, x): return -x
    def backward(self, gy): return -gy

class Pow(Function):
    def __init__(self, c): self.c = c
    def forward(self, x): return x ** self.c
    def backward(self, gy):
        x, = self.inputs
        return self.c * x ** (self.c - 1) * gy

class Sin(Function):
    def forward(self, x): return np.sin(x)
    def backward(self, gy): return gy * cos(self.inputs[0])

class Cos(Function):
    def forward(self, x): return np.cos(x)
    def backward(self, gy): return gy * -sin(self.inputs[0])

class Tanh(Function):
    def forward(self, x): return np.tanh(x)
    def backward(self, gy):
        y = self.outputs[0]()
        return gy * (1 - y * y)

class Exp(Function):
    def forward(self, x): return np.exp(x)
    def backward(self, gy): return gy * self.outputs[0]()

class Log(Function):
    def forward(self, x): return np.log(x)
    def backward(self, gy): return gy / self.inputs[0]

class Reshape(Function):
    def __init__(self, shape): self.shape = shape
    def forward(self, x):
        self.x_shape = x.shape
        return x.reshape(self.shape)
    def backward(self, gy): return reshape(gy, self.x_shape)

class Transpose(Function):
    def forward(self, x): return np.transpose(x)
    def backward(self, gy): return transpose(gy)

class Sum(Function):
    def __init__(self, axis, keepdims): self.axis, self.keepdims = axis, keepdims
    def forward(self, x):
        self.x_shape = x.shape
        return x.sum(axis=self.axis, keepdims=self.keepdims)
    def backward(self, gy):
        if self.axis is not None and not self.keepdims:
            ax = (self.axis,) if isinstance(self.axis, int) else self.axis
            ax = [a % len(self.x_shape) for a in ax]
            gy = reshape(gy, tuple(1 if i in ax else n for i, n in enumerate(self.x_shape)))
        return broadcast_to(gy, self.x_shape)

class BroadcastTo(Function):
    def __init__(self, shape): self.shape = shape
    def forward(self, x):
        self.x_shape = x.shape
        return np.broadcast_to(x, self.shape)
    def backward(self, gy): return sum_to(gy, self.x_shape)

class SumTo(Function):
    def __init__(self, shape): self.shape = shape
    def forward(self, x):
        self.x_shape = x.shape
        lead = x.ndim - len(self.shape)
        axes = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(self.shape) if n == 1)
        return x.sum(axis=axes, keepdims=True).reshape(self.shape)
    def backward(self, gy): return broadcast_to(gy, self.x_shape)

class MatMul(Function):
    def forward(self, x, W): return x.dot(W)
    def backward(self, gy):
        x, W = self.inputs
        return matmul(gy, W.T), matmul(x.T, gy)


def sum_to(x, shape): return as_variable(x) if x.shape == shape else SumTo(shape)(x)
def broadcast_to(x, shape): return as_variable(x) if x.shape == shape else BroadcastTo(shape)(x)
def reshape(x, shape): return as_variable(x) if x.shape == shape else Reshape(shape)(x)
def transpose(x): return Transpose()(x)
def sum(x, axis=None, keepdims=False): return Sum(axis, keepdims)(x)
def matmul(x, W): return MatMul()(x, W)
def sin(x): return Sin()(x)
def cos(x): return Cos()(x)
def tanh(x): return Tanh()(x)
def exp(x): return Exp()(x)
def log(x): return Log()(x)
def add(x0, x1): return Add()(x0, x1)
def sub(x0, x1): return Sub()(x0, x1)
def mul(x0, x1): return Mul()(x0, x1)
def div(x0, x1): return Div()(x0, x1)


def setup_variable():
    Variable.__add__ = Variable.__radd__ = add
    Variable.__mul__ = Variable.__rmul__ = mul
    Variable.__neg__ = lambda x: Neg()(x)
    Variable.__sub__ = sub
    Variable.__rsub__ = lambda x0, x1: sub(x1, x0)
    Variable.__truediv__ = div
    Variable.__rtruediv__ = lambda x0, x1: div(x1, x0)
    Variable.__pow__ = lambda x, c: Pow(c)(x)


setup_variable()
