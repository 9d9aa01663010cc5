import numpy as onp

from . import numpy_wrapped as np

primitive_vjps = {}


def defvjp(fun, *vjps, argnums=None):
    for i, vjp in zip(argnums or range(len(vjps)), vjps):
        primitive_vjps[fun, i] = vjp


def unbroadcast(target, g):
    shape = onp.shape(np.value_of(target))
    while len(onp.shape(np.value_of(g))) > len(shape):
        g = np.sum(g, axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and onp.shape(np.value_of(g))[axis] != 1:
            g = np.sum(g, axis=axis, keepdims=True)
    return g


defvjp(np.add, lambda g, ans, x, y: unbroadcast(x, g), lambda g, ans, x, y: unbroadcast(y, g))
defvjp(np.subtract, lambda g, ans, x, y: unbroadcast(x, g), lambda g, ans, x, y: unbroadcast(y, -g))
defvjp(
    np.multiply,
    lambda g, ans, x, y: unbroadcast(x, y * g),
    lambda g, ans, x, y: unbroadcast(y, x * g),
)
defvjp(
    np.divide,
    lambda g, ans, x, y: unbroadcast(x, g / y),
    lambda g, ans, x, y: unbroadcast(y, -g * x / y**2),
)
defvjp(
    np.power,
    lambda g, ans, x, y: unbroadcast(x, g * y * x ** np.where(np.value_of(y) != 0, y - 1, 1.0)),
    lambda g, ans, x, y: unbroadcast(y, g * np.log(np.where(np.value_of(x) > 0, x, 1.0)) * ans),
)
defvjp(np.negative, lambda g, ans, x: -g)
defvjp(np.exp, lambda g, ans, x: ans * g)
defvjp(np.log, lambda g, ans, x: g / x)
defvjp(np.sin, lambda g, ans, x: g * np.cos(x))
defvjp(np.cos, lambda g, ans, x: -g * np.sin(x))
defvjp(np.tanh, lambda g, ans, x: g / onp.cosh(np.value_of(x)) ** 2)
defvjp(np.sqrt, lambda g, ans, x: g * 0.5 / ans)
defvjp(
    np.maximum,
    lambda g, ans, x, y: unbroadcast(x, g * _share(x, y)),
    lambda g, ans, x, y: unbroadcast(y, g * _share(y, x)),
)
defvjp(
    np.where,
    lambda g, ans, c, x, y: unbroadcast(x, np.where(c, g, 0.0)),
    lambda g, ans, c, x, y: unbroadcast(y, np.where(c, 0.0, g)),
    argnums=(1, 2),
)
defvjp(np.reshape, lambda g, ans, x, shape: np.reshape(g, onp.shape(np.value_of(x))))
defvjp(np.transpose, lambda g, ans, x, axes=None: np.transpose(g, None if axes is None else onp.argsort(axes)))
defvjp(np._getitem, lambda g, ans, x, idx: np._untake(g, idx, onp.shape(np.value_of(x))))
defvjp(np._untake, lambda g, ans, x, idx, shape: np._getitem(g, idx))


def _share(x, y):
    x, y = np.value_of(x), np.value_of(y)
    return (x > y) + 0.5 * (x == y)


def _sum_vjp(g, ans, x, axis=None, keepdims=False):
    shape = onp.shape(np.value_of(x))
    if axis is not None and not keepdims:
        kept = list(shape)
        for a in (axis,) if isinstance(axis, int) else axis:
            kept[a] = 1
        g = np.reshape(g, tuple(kept))
    return g * onp.ones(shape)


defvjp(np.sum, _sum_vjp)


def _dot_vjp_0(g, ans, x, y):
    nx, ny = onp.ndim(np.value_of(x)), onp.ndim(np.value_of(y))
    if ny == 0 or nx == 0:
        return np.sum(y * g) if nx == 0 else y * g
    if nx == 1 and ny == 1:
        return g * y
    if ny == 1:
        return np.reshape(g, onp.shape(np.value_of(g)) + (1,)) * y
    return np.dot(g, np.transpose(y))


def _dot_vjp_1(g, ans, x, y):
    nx, ny = onp.ndim(np.value_of(x)), onp.ndim(np.value_of(y))
    if ny == 0 or nx == 0:
        return np.sum(x * g) if ny == 0 else x * g
    if nx == 1 and ny == 1:
        return g * x
    if nx == 1:
        return np.reshape(x, onp.shape(np.value_of(x)) + (1,)) * g
    return np.dot(np.transpose(x), g)


defvjp(np.dot, _dot_vjp_0, _dot_vjp_1)
