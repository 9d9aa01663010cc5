"""``torch`` as staged code sees it: a façade over numpy with the functions that such code uses.

There is no autograd, and the real torch is not there. What the façade lacks is refused by its name.
Numbers are float64 throughout; random ones are numpy's, by the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged import functions, shapes
from harness.engines.staged.nodes import SAME
from harness.engines.staged.tape import Refusal
from harness.engines.staged.tensors import (
    ELEMENTWISE,
    METHODS,
    Tensor,
    _bce,
    _bce_logits,
    _cat,
    _conv2d,
    _embedding,
    _layer_norm,
    _linear,
    _mse,
    _nll,
    _one_hot,
    _softmax_loss,
    _stack,
)
from harness.engines.staged.values import BLANK, Blank, Value, leaf, note, plain, raw

# -- what makes tensors ----------------------------------------------------------------------------

_RANDOM: Final[dict[str, Any]] = {}


class Generator:
    """torch's generator of random numbers, with numpy's."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.numbers = np.random.default_rng(0)

    def manual_seed(self, seed: Any) -> Generator:
        self.numbers = np.random.default_rng(int(seed))
        return self


def _seeded(seed: Any) -> None:
    _RANDOM["generator"] = np.random.default_rng(int(seed))


def _source(generator: Generator | None) -> Any:
    """The random numbers of a generator, or those of all that has none."""
    if generator is not None:
        return generator.numbers
    if "generator" not in _RANDOM:
        _seeded(0)
    return _RANDOM["generator"]


def _sizes(sizes: Any) -> tuple[int, ...]:
    first = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
    return tuple(plain(tuple(first)))


def _random(method: str) -> Callable[..., Any]:
    def make(*sizes: Any, generator: Any = None, **_: Any) -> Any:
        source = _source(generator)
        return leaf(getattr(source, method)(size=_sizes(sizes)), Tensor)

    return make


def _full(sizes: Any, number: Any) -> Any:
    made = shapes.full(sizes, number)
    return made if isinstance(made, Value) else leaf(made, Tensor)


def _randint(*args: Any, generator: Any = None, size: Any = None, **given: Any) -> Any:
    numbers = [plain(item) for item in args]
    shape = numbers.pop() if size is None else plain(size)
    low, high = (given.get("low", 0), given.get("high")) if not numbers else (0, numbers[-1])
    low = numbers[0] if len(numbers) == 2 else low
    source = _source(generator)
    return leaf(source.integers(low, high, size=tuple(shape)), Tensor)


def _tensor(item: Any, *_: Any, **__: Any) -> Any:
    if isinstance(item, Value):
        return Tensor(item.data.copy(), note(SAME, [item], {}, item.data).node)
    if isinstance(item, (list, tuple)) and any(isinstance(x, Value) for x in shapes.every(item)):
        made = shapes.array(item)
        return Tensor(made.data, made.node)
    array = np.array(item)
    number = leaf(array, Tensor)
    number.whole = False
    return number


def _filled(number: float) -> Callable[..., Any]:
    return lambda *sizes, **_: leaf(np.full(_sizes(sizes), number), Tensor)


def _filled_like(number: float) -> Callable[..., Any]:
    def like(x: Any, **_: Any) -> Any:
        return BLANK if isinstance(x, Blank) else leaf(np.full(x.shape, number), Tensor)

    return like


def _arange(*args: Any, **_: Any) -> Any:
    return leaf(np.arange(*map(plain, args)), Tensor)


def _einsum(equation: str, *operands: Any) -> Any:
    several = operands[0] if isinstance(operands[0], (list, tuple)) else operands
    return functions.einsum(equation, *several)


def _pad(x: Any, pad: Any, mode: str = "constant", value: Any = 0.0) -> Any:
    widths = [(0, 0)] * (x.ndim - len(pad) // 2)
    pairs = [tuple(pad[i : i + 2]) for i in range(0, len(pad), 2)][::-1]
    return shapes.pad(x, [*widths, *pairs], constant_values=value)


class Facade(ModuleType):
    """A module that says of what it lacks that it does."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Refusal(languages.told("staged", "no-function", module=self.__name__, name=name))


FUNCTIONAL: Final = Facade("torch.nn.functional")
vars(FUNCTIONAL).update(
    {name: METHODS[name] for name in (*ELEMENTWISE, "softmax", "log_softmax", "tanh")}
    | {"cross_entropy": _softmax_loss, "nll_loss": _nll, "mse_loss": _mse, "one_hot": _one_hot}
    | {"binary_cross_entropy": _bce, "binary_cross_entropy_with_logits": _bce_logits}
    | {"conv2d": _conv2d, "linear": _linear, "layer_norm": _layer_norm, "pad": _pad}
    | {"embedding": _embedding}
)
NN: Final = Facade("torch.nn")
NN.functional = FUNCTIONAL  # type: ignore[attr-defined]
LINALG: Final = Facade("torch.linalg")
vars(LINALG).update({"norm": METHODS["norm"], "vector_norm": METHODS["norm"]})

TORCH: Final = Facade("torch")
vars(TORCH).update(
    {name: found for name, found in METHODS.items() if not name.endswith("_")}
    | {"tensor": _tensor, "as_tensor": _tensor, "from_numpy": _tensor, "Tensor": Tensor}
    | {"FloatTensor": _tensor, "LongTensor": _tensor, "where": functions.where}
    | {"zeros": _filled(0.0), "ones": _filled(1.0), "empty": _filled(0.0)}
    | {"zeros_like": _filled_like(0.0), "ones_like": _filled_like(1.0)}
    | {"empty_like": _filled_like(0.0)}
    | {"full": lambda size, number, **_: _full(_sizes((size,)), number)}
    | {"eye": lambda n, **_: leaf(np.eye(plain(n)), Tensor), "arange": _arange}
    | {"linspace": lambda a, b, n, **_: leaf(np.linspace(plain(a), plain(b), plain(n)), Tensor)}
    | {"randn": _random("standard_normal"), "rand": _random("random"), "randint": _randint}
    | {"randn_like": lambda x, **_: _random("standard_normal")(*x.shape)}
    | {"manual_seed": _seeded, "Generator": Generator, "cat": _cat, "concat": _cat}
    | {"stack": _stack, "einsum": _einsum, "no_grad": nullcontext, "nn": NN, "linalg": LINALG}
    | {"set_printoptions": lambda **_: None, "set_default_dtype": lambda _: None}
    | {"is_tensor": lambda x: isinstance(x, Tensor), "pi": np.pi, "inf": np.inf, "nan": np.nan}
    | {"allclose": lambda x, y, **given: bool(np.allclose(raw(x), raw(y), **given))}
    | {"equal": lambda x, y: bool(np.array_equal(raw(x), raw(y)))}
    | {name: name for name in ("float", "float32", "float64", "double", "int64", "long", "bool")}
)
"""The module."""
