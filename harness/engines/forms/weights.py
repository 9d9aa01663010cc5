"""Layers that have weights of their own: such a layer is a product by its weights, or a convolution
with them, and the sum with its bias.

Which class is one, and where it keeps what, is found by trying: it is made for weights of some
shape, other weights are written into it, and its forward pass must be the product by these. Where
an array of their shape has changed in the backward pass, their gradient is, right or wrong.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, permutations, product
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from harness.engines.clock import tried
from harness.engines.engine import Unsupported
from harness.engines.forms.kinds import (
    BACK,
    THERE,
    Back,
    Part,
    answered,
    first_method,
    pair,
    two_functions,
    wanted_by,
)
from harness.engines.names import may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.held import attributes
from harness.engines.running.telling import needed_of
from harness.engines.sources import is_own
from harness.vocabulary.program import Array

Path = tuple[Any, ...]
"""From a layer to an array that it holds: names of attributes, keys and places."""

DEEPEST: Final = 3
"""So far in a layer its arrays are looked for."""

NAMED: Final = ("x", "weights", "bias")
"""What functions of a layer are given, in their order, and give gradients of."""

PAIR: Final = 2

RATE: Final = 1.0
"""The learning rate of a layer that changes its weights in its backward pass."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a layer computes, with shapes to try it on: those of its operand and of the weights as
    the product has them, which the layer may hold ``turned``. The weights come ``first`` in some
    products. ``results`` is the weights' axis with an entry for each result, and ``axis`` that of
    the product."""

    op: str
    operand: tuple[int, ...]
    weights: tuple[int, ...]
    product: Callable[[Array, Array], Array]
    turned: bool = False
    first: bool = False
    results: int = 1
    axis: int = 1

    def kept(self, weights: Array) -> Array:
        """Weights as the layer holds them, and back."""
        return weights.T if self.turned else weights

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Those of its two operands, in their order."""
        return tuple(self.in_turn((self.operand, self.weights)))

    def in_turn(self, both: Sequence[Any]) -> Sequence[Any]:
        """Operand and weights in the order of the product, and back."""
        return both[::-1] if self.first else both

    def features_of(self, weights: Array) -> int:
        """How many results the layer has, and numbers its bias."""
        return int(weights.shape[self.results])

    @property
    def features(self) -> int:
        """The same for the shapes to try it on."""
        return self.weights[self.results]

    @property
    def along(self) -> tuple[int, ...]:
        """The shape of a bias that is added to the product."""
        shape = [1] * len(self.operand)
        shape[self.axis] = -1
        return tuple(shape)

    @property
    def sizes(self) -> range:
        """The axes of the weights whose lengths are the layer's sizes: a kernel is square."""
        return range(min(len(self.weights), 3))


def _convolved(x: Array, weights: Array) -> Array:
    windows = sliding_window_view(x, weights.shape[2:], (2, 3))
    return np.asarray(np.einsum("nchwij,ocij->nohw", windows, weights))


FORMS: Final = (
    Form("matmul", (3, 2), (2, 4), lambda x, w: x @ w),
    Form("matmul", (3, 2), (2, 4), lambda x, w: x @ w, turned=True),
    Form("matmul", (2, 3), (4, 2), lambda x, w: w @ x, first=True, results=0, axis=0),
    Form("conv2d", (2, 3, 4, 4), (5, 3, 2, 2), _convolved, results=0),
)
"""What a layer with weights may compute."""

Slopes = dict[str, Any]
"""The gradients of a layer's operand, ``x``, of its ``weights`` and its ``bias``."""

Run = Callable[..., tuple[Any, Callable[[Any], Slopes]]]
"""Of an operand and, by their names, weights and a bias: the result and the way back."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that computes what its form says, with a bias that is added or without one."""

    told: str
    form: Form
    run: Run
    biased: bool

    def parts(self) -> Iterator[Part]:
        """The operations that it can be used for."""
        yield Part(self.form.op, self.told, self._product, tries=(self.form.shapes,))
        if self.biased and self.form.op == "matmul" and not self.form.first:
            yield Part("add", f"{self.told}, its bias", self._sum, tries=(((3, 2), (2,)),))

    def _product(self, *operands: Any) -> tuple[Any, Back]:
        if list(map(np.ndim, operands)) != list(map(len, self.form.shapes)):
            raise Unsupported(f"{self.form.op} of arrays of other axes")
        x, weights = self.form.in_turn(operands)
        out, back = self.run(x, weights=weights)

        def both(upstream: Any) -> Any:
            slopes = back(upstream)
            return list(self.form.in_turn((slopes["x"], slopes["weights"])))

        return out, both

    def _sum(self, *operands: Any) -> tuple[Any, Back]:
        rows, bias = sorted(operands, key=np.ndim, reverse=True)
        if (np.ndim(rows), np.ndim(bias)) != (2, 1):
            raise Unsupported("add of anything but rows and a bias")
        out, back = self.run(rows, weights=np.eye(np.shape(rows)[1]), bias=bias)

        def both(upstream: Any) -> Any:
            slopes = back(upstream)
            found = [slopes["x"], slopes["bias"].reshape(np.shape(bias))]
            return found if rows is operands[0] else found[::-1]

        return out, both


def layers(module: ModuleType) -> Iterator[Layer]:
    """The layers with weights that a module has, each as the first form that it is of."""
    for name, item in vars(module).items():
        if is_own(item, module) and may_be_tried(name):
            if isinstance(item, type):
                yield from islice(_of_class(name, item, module), 1)
            elif inspect.isfunction(item):
                yield from islice(_of_functions(name, item, module), 1)


def _is(form: Form, run: Run) -> bool:
    """Whether a layer is of a form."""
    x, weights = _uneven(form.operand, -0.5), _uneven(form.weights, 0.75)
    with tried():
        return _same(run(x, weights=weights)[0], form.product(x, weights))
    return False


def _has_bias(form: Form, run: Run) -> bool:
    """Whether a layer adds a bias to all its results alike."""
    x, weights = _uneven(form.operand, -0.5), _uneven(form.weights, 0.75)
    bias = np.arange(1.0, form.features + 1)
    with tried():
        out, _ = run(x, weights=weights, bias=bias)
        return _same(out, form.product(x, weights) + bias.reshape(form.along))
    return False


# -- functions -------------------------------------------------------------------------------------


def _of_functions(name: str, function: Any, module: ModuleType) -> Iterator[Layer]:
    """Functions of an operand, weights and a bias that give their way back."""
    for form, kind in product(FORMS, (two_functions, pair)):
        part = kind(form.op, name, function, module)
        if part is None or len(needed_of(function)) != len(NAMED):
            return

        def run(x: Any, form: Form = form, part: Part = part, **given: Array) -> Any:
            weights = form.kept(given["weights"])
            bias = given.get("bias", np.zeros(form.features_of(given["weights"])))
            out, back = part.forward(x, weights, bias)

            def named(upstream: Any) -> Slopes:
                slopes = dict(zip(NAMED, back(upstream), strict=True))
                return {**slopes, "weights": form.kept(slopes["weights"])}

            return out, named

        if _is(form, run):
            yield Layer(f"function {name}", form, run, _has_bias(form, run))


# -- objects ---------------------------------------------------------------------------------------

Make = Callable[[Array], Any]
"""A layer for weights as it holds them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A layer that is an object, made anew for each use: ``places`` are those of its weights and
    bias, ``slopes`` those of their gradients, by the same names."""

    form: Form
    make: Make
    there: str
    back: str
    places: Mapping[str, Path]
    slopes: Mapping[str, Path] = field(default_factory=dict)

    def filled(self, given: Mapping[str, Array]) -> Any:
        """A layer with such weights and bias, all else that it holds being 0."""
        layer = self.make(given["weights"])
        arrays = dict(_arrays(layer))
        for array in arrays.values():
            array[...] = 0.0
        for name, item in given.items():
            if name not in self.places or arrays[self.places[name]].size != item.size:
                raise Unsupported(f"{name} of shape {item.shape}")
            arrays[self.places[name]][...] = item.reshape(arrays[self.places[name]].shape)
        return layer

    def there_and_back(self, layer: Any, x: Any) -> tuple[Any, Callable[[Any], Any]]:
        """The result of an operand, and a function from its gradient to the operand's."""
        there, method = getattr(layer, self.there), getattr(layer, self.back)
        own = [p.name for p in needed_of(there)]
        others = [p.name for p in needed_of(method) if p.name not in own]

        def back(upstream: Any) -> Any:
            known = dict(zip(own, [x], strict=False)) | dict.fromkeys(others[1:], RATE)
            known |= dict.fromkeys(others[:1], upstream)
            return answered(layer, method, [known[p.name] for p in needed_of(method)], 1)

        return answered(layer, there, (x,), 1), back

    def run(self, x: Any, **given: Array) -> tuple[Any, Callable[[Any], Slopes]]:
        """As every layer's."""
        given = {**given, "weights": self.form.kept(given["weights"])}
        layer = self.filled(given)
        out, back = self.there_and_back(layer, x)

        def slopes(upstream: Any) -> Slopes:
            found: Slopes = {"x": back(upstream)}
            after = dict(_arrays(layer))
            for name, item in given.items():
                own = after[self.slopes[name]].copy()
                learnt = self.slopes[name] == self.places[name]
                found[name] = (item.reshape(own.shape) - own) / RATE if learnt else own
            return {**found, "weights": self.form.kept(found["weights"])}

        return out, slopes


def _of_class(name: str, kind: Any, module: ModuleType) -> Iterator[Layer]:
    """A class that is made for weights of some shape."""
    there, back = first_method(kind, THERE), first_method(kind, BACK)
    for form in FORMS if there and back else ():
        for make in _makes(kind, module, form):
            for held in _placed(form, make, there, back):
                told = f"class, {name}(…).{there}"
                yield Layer(told, form, held.run, "bias" in held.places)


def _makes(kind: Any, module: ModuleType, form: Form) -> Iterator[Make]:
    """The ways to make a layer: by its sizes, in any order, or by its weights and bias themselves;
    what else it wants is made of nothing, as its tape is."""
    needed = needed_of(kind)
    others = {p.name: found for p in needed if (found := wanted_by([p], module))}
    names = [p.name for p in needed if p.name not in others]

    def made(given: Iterable[Any]) -> Any:
        helpers = {name: found[0]() for name, found in others.items()}
        return kind(**dict(zip(names, given, strict=True)), **helpers)

    count = len(form.sizes)
    for order in permutations(form.sizes) if len(names) == count else ():
        yield lambda w, order=order: made(w.shape[axis] for axis in order)  # type: ignore[misc]
    for rank in (1, 2) if 0 < len(names) <= PAIR else ():

        def of_arrays(w: Array, rank: int = rank) -> Any:
            bias = np.zeros(form.features_of(form.kept(w)))
            shaped = bias if rank == 1 else bias.reshape(form.along[-2:])
            return made([np.array(w), shaped][: len(names)])

        yield of_arrays


def _placed(form: Form, make: Make, there: str, back: str) -> Iterator[Held]:
    """Of a class, the layers that are of a form, with the places of what they hold."""
    weights = form.kept(_uneven(form.weights, 0.75))
    shapes: dict[Path, tuple[int, ...]] = {}
    with tried():
        shapes = {path: array.shape for path, array in _arrays(make(weights))}
    for path, shape in shapes.items():
        held = Held(form, make, there, back, {"weights": path})
        if shape == weights.shape and _is(form, held.run):
            sizes = (p for p in shapes if p != path and np.prod(shapes[p]) == form.features)
            every = (replace(held, places={**held.places, "bias": other}) for other in sizes)
            held = next((one for one in every if _has_bias(form, one.run)), held)
            with tried():
                yield replace(held, slopes=_changed(held))


def _changed(held: Held) -> dict[str, Path]:
    """Where a layer's gradients are: in arrays of the shape that backward has changed, which are
    called like what they belong to."""
    form = held.form
    layer = held.filled({"weights": form.kept(_uneven(form.weights, 0.75))})
    out, back = held.there_and_back(layer, _uneven(form.operand, -0.5))
    before = {path: array.copy() for path, array in _arrays(layer)}
    back(_uneven(np.shape(out), 1.5))
    moved = {
        path: array.shape
        for path, array in _arrays(layer)
        if path not in before or not np.array_equal(array, before[path])
    }
    slopes: dict[str, Path] = {}
    for name, place in held.places.items():
        own = [path for path, shape in moved.items() if shape == before[place].shape]
        own.sort(key=lambda path: (path == place, str(place[-1]).lower() not in str(path).lower()))
        slopes[name] = own[0]
    return slopes


def _arrays(item: Any, path: Path = ()) -> Iterator[tuple[Path, Array]]:
    """The arrays of numbers that an object holds, with the ways to them; each once."""
    seen: set[int] = set()
    for place, array in _all_arrays(item, path):
        if id(array) not in seen:
            seen.add(id(array))
            yield place, array


def _all_arrays(item: Any, path: Path) -> Iterator[tuple[Path, Array]]:
    if isinstance(item, np.ndarray):
        if item.dtype.kind == "f" and item.ndim:
            yield path, item
        return
    if len(path) == DEEPEST:
        return
    parts: Mapping[Any, Any] = {}
    if isinstance(item, Mapping):
        parts = item
    elif isinstance(item, list | tuple):
        parts = dict(enumerate(item))
    elif hasattr(item, "__dict__") and not isinstance(item, type | ModuleType):
        parts = {name: getattr(item, name) for name in attributes(item)}
    for key, part in parts.items():
        yield from _all_arrays(part, (*path, key))


def _uneven(shape: tuple[int, ...], first: float) -> Array:
    return np.asarray(np.cos(first + np.arange(np.prod(shape))).reshape(shape))


def _same(found: Any, right: Array) -> bool:
    number = number_in(found)
    return number is not None and number.shape == right.shape and np.allclose(number, right, 1e-5)
