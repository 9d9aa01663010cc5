"""Tensors as staged code sees them: numpy's numbers with torch's methods."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged import functions, shapes
from harness.engines.staged.nodes import OTHER
from harness.engines.staged.tape import Refusal
from harness.engines.staged.values import BLANK, Blank, Value, leaf, note, plain, raw

Extremes = namedtuple("Extremes", ("values", "indices"))


class Tensor(Value):
    """A tensor: numpy's numbers with torch's methods."""

    __slots__ = ("__dict__", "kept", "requires_grad")

    def __init__(self, data: Any, node: Any, whole: bool = False) -> None:
        super().__init__(data, node, whole)
        self.requires_grad, self.kept = False, None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = METHODS.get(name)
        if found is None:
            raise Refusal(languages.told("staged", "no-method", name=name))
        return lambda *args, **given: found(self, *args, **given)

    def size(self, dim: int | None = None) -> Any:
        return self.data.shape if dim is None else self.data.shape[dim]

    @property
    def grad(self) -> Any:
        """What was put there by hand."""
        return self.kept

    @grad.setter
    def grad(self, value: Any) -> None:
        self.kept = value


def _axis(dim: Any) -> Any:
    dim = plain(dim)
    return tuple(dim) if isinstance(dim, list) else dim


def _reduced(op: str) -> Callable[..., Any]:
    inner = functions.reduced(op)

    def reduce(x: Any, dim: Any = None, keepdim: Any = False, **given: Any) -> Any:
        axis = _axis(given.get("axis", dim))
        kept = {"keepdims": True} if keepdim or given.get("keepdims") else {}
        return inner(x, axis, **kept)

    return reduce


def _extreme(op: str) -> Callable[..., Any]:
    """``max``: of all, of two tensors, or values and indices along an axis."""
    inner = functions.reduced(op)

    def reduce(x: Any, dim: Any = None, keepdim: bool = False, **given: Any) -> Any:
        axis = _axis(given.get("axis", dim))
        if isinstance(axis, (Value, np.ndarray)):
            return getattr(np, f"{op}imum")(x, dim)
        if axis is None:
            return inner(x)
        kept = keepdim or given.get("keepdims", False)
        places = getattr(np, f"arg{op}")(x.data, axis, keepdims=kept)
        return Extremes(inner(x, axis, keepdims=bool(kept)), leaf(places, Tensor))

    return reduce


def _spread(op: str) -> Callable[..., Any]:
    inner = functions.spread(op)

    def reduce(
        x: Any, dim: Any = None, unbiased: Any = True, keepdim: bool = False, **given: Any
    ) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        correction = given.get("correction", int(bool(unbiased)))
        axis = _axis(given.get("axis", dim))
        return inner(x, axis, ddof=correction, keepdims=bool(keepdim or given.get("keepdims")))

    return reduce


def _along(op: str) -> Callable[..., Any]:
    def along(x: Any, dim: Any = -1, **given: Any) -> Any:
        axis = plain(given.get("axis", -1 if dim is None else dim))
        shifted = x.data - x.data.max(axis, keepdims=True)
        log = shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))
        return note(op, [x], {"axis": axis}, log if op == "log_softmax" else np.exp(log))

    return along


def _logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    axis = _axis(dim)
    top = x.data.max(axis, keepdims=True)
    value = top + np.log(np.exp(x.data - top).sum(axis, keepdims=True))
    value = value if keepdim else np.squeeze(value, axis)
    return note("logsumexp", [x], {"axis": axis, **({"keepdims": True} if keepdim else {})}, value)


def _simple(op: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    def simple(x: Any, *args: Any, inplace: bool = False, **given: Any) -> Any:
        if isinstance(x, Blank):
            return BLANK
        if inplace:
            raise Refusal(languages.told("staged", "in-place"))
        parameters = {key: float(plain(item)) for key, item in given.items()}
        return note(op, [x], parameters, compute(raw(x), *map(plain, args), **parameters))

    return simple


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _erf(x: Any) -> Any:
    import math

    return np.vectorize(math.erf, otypes=[float])(x)


def _gelu(x: Any) -> Any:
    return x * (1 + _erf(x / np.sqrt(2))) / 2


def _leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    return np.where(x > 0, x, negative_slope * x)


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(x))


ELEMENTWISE: Final[dict[str, Callable[..., Any]]] = {
    "sigmoid": _sigmoid,
    "relu": lambda x: np.maximum(x, 0),
    "erf": _erf,
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-abs(x))),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
}


def _reshape(x: Any, *shape: Any) -> Any:
    return shapes.reshape(x, *shape)


def _transpose(x: Any, dim0: int, dim1: int) -> Any:
    return shapes.swapaxes(x, plain(dim0), plain(dim1))


def _permute(x: Any, *dims: Any) -> Any:
    return shapes.transpose(x, *dims)


def _t(x: Any) -> Any:
    return shapes.transpose(x)


def _expand(x: Any, *shape: Any) -> Any:
    wanted = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
    own = (1,) * (len(wanted) - x.ndim) + x.shape
    sizes = tuple(own[i] if size == -1 else size for i, size in enumerate(plain(wanted)))
    return shapes.broadcast_to(x, sizes)


def _cat(tensors: Any, dim: int = 0, **given: Any) -> Any:
    return shapes.concatenate(list(tensors), plain(given.get("axis", dim)))


def _stack(tensors: Any, dim: int = 0) -> Any:
    return shapes.stack(list(tensors), plain(dim))


def _clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    return functions.clip(x, min, max)


def _squeeze(x: Any, dim: Any = None) -> Any:
    if dim is not None and x.shape[dim] != 1:
        return functions.same(x)
    return shapes.squeeze(x, dim)


def _one_hot(labels: Any, num_classes: Any = -1) -> Any:
    places = plain(labels).astype(int)
    count = int(places.max()) + 1 if plain(num_classes) == -1 else int(plain(num_classes))
    return leaf(np.eye(count)[places], Tensor)


def _softmax_loss(logits: Any, target: Any, reduction: str = "mean") -> Any:
    places = np.asarray(plain(target)).astype(int)
    log = _along("log_softmax")(logits, 1 if logits.ndim > 1 else -1)
    return _nll(log, places, reduction)


def _nll(log: Any, target: Any, reduction: str = "mean") -> Any:
    places = np.asarray(plain(target)).astype(int)
    if log.ndim != 2:
        raise Refusal(languages.told("staged", "rows-of-scores"))
    picked = -log[np.arange(len(places)), places]
    return _over(picked, reduction)


def _over(losses: Any, reduction: str) -> Any:
    if reduction == "none":
        return losses
    return functions.TABLE[reduction](losses)


def _mse(x: Any, y: Any, reduction: str = "mean") -> Any:
    if reduction == "mean" and raw(x).shape == raw(y).shape:
        return note("mse_loss", [x, y], {}, np.mean((raw(x) - raw(y)) ** 2))
    return _over((x - y) ** 2, reduction)


def _bce(p: Any, y: Any, reduction: str = "mean") -> Any:
    losses = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return _over(losses, reduction)


def _bce_logits(x: Any, y: Any, reduction: str = "mean") -> Any:
    return _over(METHODS["softplus"](x) - x * y, reduction)


def _conv2d(x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> Any:
    widths = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(raw(x), widths)
    windows = np.lib.stride_tricks.sliding_window_view(padded, raw(weight).shape[2:], (2, 3))
    value = np.einsum("nchwij,ocij->nohw", windows[:, :, ::stride, ::stride], raw(weight))
    given = {"stride": int(stride), "padding": int(padding)}
    made = note("conv2d", [x, weight], given, value)
    return made if bias is None else made + shapes.reshape(bias, 1, -1, 1, 1)


def _linear(x: Any, weight: Any, bias: Any = None) -> Any:
    made = x @ shapes.transpose(weight)
    return made if bias is None else made + bias


def _layer_norm(
    x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    centred = x - functions.TABLE["mean"](x, -1, keepdims=True)
    spread = functions.TABLE["mean"](centred**2, -1, keepdims=True)
    made = centred / np.sqrt(spread + eps)
    made = made if weight is None else made * weight
    return made if bias is None else made + bias


def _embedding(places: Any, weight: Any) -> Any:
    return weight[places]


def _whole(x: Any) -> Any:
    return leaf(x.data.astype(int), Tensor)


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Refusal(languages.told("staged", "autograd", name=name))

    return refuse


def _kept(x: Any, *_: Any, **__: Any) -> Any:
    return x


def _in_place(ufunc: str) -> Callable[..., Any]:
    def write(x: Any, other: Any) -> Any:
        return x.overwritten(getattr(np, ufunc)(x, other))

    return write


def _zero(x: Any) -> Any:
    x[...] = 0.0
    return x


def _ufunc(name: str) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        return getattr(np, name)(*args)

    return call


def _windows(places: Any, dim: int, size: int, step: int) -> Any:
    """All windows of a size along an axis, as a last axis."""
    every = np.lib.stride_tricks.sliding_window_view(places, size, dim)
    return np.take(every, range(0, every.shape[dim], step), dim)


METHODS: Final[dict[str, Callable[..., Any]]] = {
    **{name: _reduced(name) for name in ("sum", "mean", "prod")},
    **{"max": _extreme("max"), "min": _extreme("min")},
    **{"amax": _reduced("max"), "amin": _reduced("min")},
    **{name: _spread(name) for name in ("var", "std")},
    **{name: _along(name) for name in ("softmax", "log_softmax")},
    "logsumexp": _logsumexp,
    **{name: _simple(name, compute) for name, compute in ELEMENTWISE.items()},
    **{
        name: _ufunc(name)
        for name in (
            *("exp", "expm1", "log", "log1p", "sqrt", "square", "reciprocal", "sin", "cos", "tan"),
            *("sinh", "cosh", "tanh", "maximum", "minimum", "matmul", "abs", "sign"),
            *("floor", "isnan", "add", "subtract", "multiply", "divide", "logaddexp"),
            *("remainder", "arcsin", "arccos", "arctan", "arctan2"),
        )
    },
    **{name: _ufunc(f"arc{name[1:]}") for name in ("asin", "acos", "atan")},
    **{"sub": _ufunc("subtract"), "mul": _ufunc("multiply"), "div": _ufunc("divide")},
    **{"pow": _ufunc("power"), "neg": _ufunc("negative"), "absolute": _ufunc("abs")},
    **{"rsqrt": lambda x: 1 / np.sqrt(x), "mm": _ufunc("matmul"), "bmm": _ufunc("matmul")},
    **{"mv": _ufunc("matmul"), "dot": _ufunc("matmul"), "outer": functions.outer},
    **{"eq": _ufunc("equal"), "ne": _ufunc("not_equal"), "gt": _ufunc("greater")},
    **{"lt": _ufunc("less"), "ge": _ufunc("greater_equal"), "le": _ufunc("less_equal")},
    **{"reshape": _reshape, "view": _reshape, "transpose": _transpose, "permute": _permute},
    **{"t": _t, "expand": _expand, "flatten": lambda x, start_dim=0: _flattened(x, start_dim)},
    "broadcast_to": lambda x, shape: shapes.broadcast_to(x, shape),
    "atan2": _ufunc("arctan2"),
    "take_along_dim": lambda x, index, dim: METHODS["gather"](x, dim, index),
    "argsort": lambda x, dim=-1: leaf(np.argsort(x.data, dim), Tensor),
    "unsqueeze": lambda x, dim: shapes.expand_dims(x, dim),
    "view_as": lambda x, other: shapes.reshape(x, other.shape),
    "reshape_as": lambda x, other: shapes.reshape(x, other.shape),
    "expand_as": lambda x, other: shapes.broadcast_to(x, other.shape),
    **{"squeeze": _squeeze, "clamp": _clamp, "clip": _clamp, "swapaxes": _transpose},
    "clamp_min": lambda x, low: _clamp(x, low),
    "flip": lambda x, *dims: shapes.flip(x, dims[0] if len(dims) == 1 else dims),
    "cumsum": lambda x, dim: functions.TABLE["cumsum"](x, plain(dim)),
    "cumprod": lambda x, dim: functions.TABLE["cumprod"](x, plain(dim)),
    "norm": lambda x, p=2, dim=None, keepdim=False: functions.norm(x, None, _axis(dim), keepdim),
    "unfold": lambda x, dim, size, step: shapes.moved(_windows, x, dim, size, step),
    "repeat": lambda x, *sizes: shapes.moved(np.tile, x, sizes),
    "tril": lambda x, k=0: functions.TABLE["tril"](x, k),
    "triu": lambda x, k=0: functions.TABLE["triu"](x, k),
    "masked_fill": lambda x, mask, number: functions.where(mask, number, x),
    "where": lambda x, condition, other: functions.where(condition, x, other),
    "argmax": lambda x, dim=None, keepdim=False: leaf(np.argmax(x.data, dim), Tensor),
    "gather": lambda x, dim, index: shapes.moved(
        lambda places: np.take_along_axis(places, plain(index).astype(int), dim), x
    ),
    "index_add_": lambda x, dim, index, source: _index_add(x, dim, index, source),
    "scatter_": lambda x, dim, index, number: _scatter(x, dim, index, number),
    "item": lambda x: shapes.reshape(x, ()),
    **dict.fromkeys(("numel", "nelement"), lambda x: int(x.data.size)),
    "dim": lambda x: x.ndim,
    "all": lambda x: bool(x.data.all()),
    "any": lambda x: bool(x.data.any()),
    **dict.fromkeys(("float", "double", "contiguous", "clone", "to"), functions.same),
    "detach": lambda x: note(OTHER, [x], {}, x.data, told="detach"),
    **dict.fromkeys(("cpu", "type_as", "numpy"), functions.same),
    **dict.fromkeys(("long", "int", "bool"), _whole),
    **dict.fromkeys(("requires_grad_", "retain_grad"), _kept),
    **{"add_": _in_place("add"), "sub_": _in_place("subtract"), "mul_": _in_place("multiply")},
    **{"div_": _in_place("divide"), "zero_": _zero},
    "backward": _refused("backward()"),
}
"""torch's methods, which are its functions, too."""


def _flattened(x: Any, start: int = 0) -> Any:
    return shapes.reshape(x, (*x.shape[:start], -1))


def _index_add(x: Any, dim: int, index: Any, source: Any) -> Any:
    key = (slice(None),) * dim + (plain(index).astype(int),)
    np.add.at(x, key, source)
    return x


def _scatter(x: Any, dim: int, index: Any, number: Any) -> Any:
    np.put_along_axis(x.data, plain(index).astype(int), raw(number), dim)
    x.changed("other", [x], {}, told="scatter_")
    return x
