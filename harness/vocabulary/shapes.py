"""Static shapes: what shape a step has, given its operands', before any engine runs.

Each rule is named in the vocabulary. A rule is given the operands' shapes and the parameters with
their defaults filled in, and returns the result's shape or raises :class:`ShapeError`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.vocabulary.program import Array

Shape = tuple[int, ...]
MAX_ELEMENTS = 2_000_000
"""The largest number of elements a step may have, and all steps of a program together."""
MAX_RANK = 16


class ShapeError(ValueError):
    """Operands that do not fit together, told with their shapes."""


def broadcast(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    """The common shape by numpy's rule: aligned at the right, 1 stretches."""
    rank = max((len(shape) for shape in shapes), default=0)
    result = []
    for axis in range(-rank, 0):
        sizes = {shape[axis] for shape in shapes if len(shape) >= -axis} - {1}
        if len(sizes) > 1:
            text = " and ".join(str(shape) for shape in shapes)
            raise ShapeError(f"shapes {text} do not broadcast together (axis {axis})")
        result.append(sizes.pop() if sizes else 1)
    return tuple(result)


def _same(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    return shapes[0]


def _axis(axis: int, rank: int, name: str = "axis") -> int:
    """``axis`` as a number from 0 to rank - 1."""
    if not rank:
        raise ShapeError(f"{name}={axis} names an axis, but a single number has none")
    if not -rank <= axis < rank:
        raise ShapeError(
            f"{name}={axis} is out of range for rank {rank} (allowed: {-rank} to {rank - 1})"
        )
    return axis % rank


def _reduce(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,) = shapes
    axis, keepdims = parameters["axis"], parameters["keepdims"]
    if axis is None:
        axes = set(range(len(shape)))
    else:
        given = axis if isinstance(axis, tuple) else (axis,)
        axes = {_axis(item, len(shape)) for item in given}
        if len(axes) < len(given):
            raise ShapeError(f"axis={axis} names an axis twice")
        if not given:
            raise ShapeError("axis=() reduces nothing; leave it out to reduce over all axes")
    return tuple(
        1 if i in axes else size for i, size in enumerate(shape) if keepdims or i not in axes
    )


def _extremum(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    result = _reduce(shapes, parameters)
    kept = _reduce(shapes, {**parameters, "keepdims": True})
    if any(old == 0 and new == 1 for old, new in zip(shapes[0], kept, strict=True)):
        raise ShapeError(f"shape {shapes[0]} is empty along the reduced axis: it has no extremum")
    return result


def _clamp(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    low, high = parameters["min"], parameters["max"]
    if low is None and high is None:
        raise ShapeError("clamp needs min or max")
    if low is not None and high is not None and low > high:
        raise ShapeError(f"clamp needs min <= max, not {low} and {high}")
    return shapes[0]


def _along(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    _axis(parameters["axis"], len(shapes[0]))
    return shapes[0]


def _matmul(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    left, right = shapes
    if not left or not right:
        raise ShapeError(f"@ needs operands of rank 1 or more, not shapes {left} and {right}")
    if left[-1] != right[0 if len(right) == 1 else -2]:
        raise ShapeError(f"shapes {left} and {right} do not fit for @: inner sizes differ")
    batch = broadcast((left[:-2], right[:-2]), {})
    return batch + left[-2:-1] + (right[-1:] if len(right) > 1 else ())


def _reshape(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), target = shapes, parameters["shape"]
    size = math.prod(shape)
    known = math.prod(item for item in target if item != -1)
    if target.count(-1) > 1 or any(item < -1 for item in target):
        raise ShapeError(f"shape={target} may hold sizes and at most one -1")
    if -1 in target and known and size % known == 0:
        return tuple(size // known if item == -1 else item for item in target)
    if -1 in target or known != size:
        raise ShapeError(f"shape {shape} has {size} elements: it cannot be reshaped to {target}")
    return tuple(target)


def _transpose(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    shape = list(shapes[0])
    first = _axis(parameters["axis0"], len(shape), "axis0")
    second = _axis(parameters["axis1"], len(shape), "axis1")
    shape[first], shape[second] = shape[second], shape[first]
    return tuple(shape)


def _permute(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), axes = shapes, parameters["axes"]
    order = [_axis(item, len(shape), "axes") for item in axes]
    if sorted(order) != list(range(len(shape))):
        raise ShapeError(f"axes={axes} must name each axis of shape {shape} once")
    return tuple(shape[item] for item in order)


def _broadcast_to(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), target = shapes, tuple(parameters["shape"])
    padded = (1,) * (len(target) - len(shape)) + shape
    fits = len(padded) == len(target) and all(
        old in (1, new) for old, new in zip(padded, target, strict=True)
    )
    if not fits:
        raise ShapeError(f"shape {shape} cannot be broadcast to {target}")
    return target


def _concat(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    first = shapes[0]
    if not all(shapes):
        raise ShapeError("concat needs operands of rank 1 or more; stack joins numbers")
    axis = _axis(parameters["axis"], len(first))
    rest = {shape[:axis] + shape[axis + 1 :] for shape in shapes if len(shape) == len(first)}
    if len(rest) > 1 or any(len(shape) != len(first) for shape in shapes):
        text = ", ".join(str(shape) for shape in shapes)
        raise ShapeError(f"shapes {text} differ in more than axis {parameters['axis']}")
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _stack(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    first = shapes[0]
    if any(shape != first for shape in shapes):
        text = ", ".join(str(shape) for shape in shapes)
        raise ShapeError(f"stack needs equal shapes, not {text}")
    axis = _axis(parameters["axis"], len(first) + 1)
    return (*first[:axis], len(shapes), *first[axis:])


def _index(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    """The shape of ``x[items]``, without looking at a single element of x.

    Lists and arrays are broadcast together; their axes stand where the first of them stood, or in
    front if something stands between them. numpy counts integers among them, torch does not; an
    index for which that makes a difference is refused.
    """
    (shape,) = shapes
    items = [_picked(item) for item in parameters["index"]]
    if sum(item is Ellipsis for item in items) > 1:
        raise ShapeError("an index has one ... at most")
    consumed = sum(
        item.ndim if isinstance(item, np.ndarray) and item.dtype == np.bool_ else 1
        for item in items
        if item is not None and item is not Ellipsis
    )
    if consumed > len(shape):
        raise ShapeError(f"an index over {consumed} axes does not fit shape {shape}")
    if not any(item is Ellipsis for item in items):
        items.append(Ellipsis)
    result: list[int] = []
    places: list[tuple[int, int, bool]] = []
    picks: list[Shape] = []
    axis = 0
    for number, item in enumerate(items):
        if item is Ellipsis:
            result += shape[axis : axis + len(shape) - consumed]
            axis += len(shape) - consumed
        elif item is None:
            result.append(1)
        elif isinstance(item, slice):
            result.append(len(range(*item.indices(shape[axis]))))
            axis += 1
        else:
            array = isinstance(item, np.ndarray)
            places.append((number, len(result), array))
            if array:
                picks.append(_picks(item, shape, axis))
            elif not -shape[axis] <= item < shape[axis]:
                raise ShapeError(f"index {item} is out of range for axis {axis} of shape {shape}")
            axis += item.ndim if array and item.dtype == np.bool_ else 1
    if not picks:
        return tuple(result)
    at = _insertion(places)
    lists = [place for place in places if place[2]]
    # To torch, an integer or a ... that stands for no axis does not stand between two lists.
    taken = [place[0] for place in places if not place[2]]
    if consumed == len(shape):
        taken += [number for number, item in enumerate(items) if item is Ellipsis]
    if at != _insertion([(n - sum(t < n for t in taken), where, True) for n, where, _ in lists]):
        raise ShapeError(
            "numpy and torch order the axes of this index differently, because a slice, None or "
            "... stands beside a list; index twice: x[0][:, [0, 1]]"
        )
    return (*result[:at], *broadcast(picks, {}), *result[at:])


def _insertion(places: Sequence[tuple[int, int, bool]]) -> int:
    """Before which axis of the result the broadcast lists go."""
    together = places[-1][0] - places[0][0] == len(places) - 1
    return places[0][1] if together else 0


def _picked(item: Any) -> Any:
    """An item of an index: lists as arrays, arrays of one number as that number."""
    if isinstance(item, slice) and item.step == 0:
        raise ShapeError("the step of a slice cannot be 0")
    if isinstance(item, list):
        try:
            item = np.array(item)
        except ValueError:
            raise ShapeError("a list in an index must not be ragged") from None
    if isinstance(item, np.ndarray) and not item.ndim:
        if item.dtype == np.bool_:
            raise ShapeError("a single true or false is not an index")
        return int(item)
    return item


def _picks(array: Array, shape: Shape, axis: int) -> Shape:
    """The shape of what an array takes from ``axis`` on."""
    if array.dtype == np.bool_:
        if array.shape != shape[axis : axis + array.ndim]:
            raise ShapeError(
                f"an index of booleans of shape {array.shape} does not fit shape {shape} "
                f"from axis {axis} on"
            )
        return (int(np.count_nonzero(array)),)
    size = shape[axis]
    outside = array[(array < -size) | (array >= size)]
    if outside.size:
        raise ShapeError(
            f"index {outside.flat[0]} is out of range for axis {axis} of shape {shape}"
        )
    return tuple(array.shape)


def _loss(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    if shapes[0] != shapes[1]:
        raise ShapeError(f"the operands need equal shapes, not {shapes[0]} and {shapes[1]}")
    return shapes[0] if parameters["reduction"] == "none" else ()


def _spread(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    result = _reduce(shapes, parameters)
    kept = _reduce(shapes, {**parameters, "keepdims": True})
    count = math.prod(o for o, k in zip(shapes[0], kept, strict=True) if k == 1)
    if count <= parameters["correction"]:
        raise ShapeError(
            f"the spread of {count} element{'' if count == 1 else 's'} is not defined with "
            f"correction={parameters['correction']}"
        )
    return result


def _norm(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    order = parameters["ord"]
    return (_extremum if math.isinf(order) or order < 0 else _reduce)(shapes, parameters)


def _unsqueeze(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = _axis(parameters["axis"], len(shapes[0]) + 1)
    return (*shapes[0][:axis], 1, *shapes[0][axis:])


def _squeeze(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = _axis(parameters["axis"], len(shapes[0]))
    if shapes[0][axis] != 1:
        raise ShapeError(f"axis={parameters['axis']} of shape {shapes[0]} has not size 1")
    return (*shapes[0][:axis], *shapes[0][axis + 1 :])


def _flip(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = parameters["axis"]
    given = axis if isinstance(axis, tuple) else (axis,)
    if len({_axis(item, len(shapes[0])) for item in given}) < max(len(given), 1):
        raise ShapeError(f"axis={axis} must name one axis or several, each once")
    return shapes[0]


def _pad(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    shape, widths = list(shapes[0]), parameters["pad"]
    if len(widths) > 2 * len(shape):
        raise ShapeError(f"pad={widths} has more pairs than shape {shapes[0]} has axes")
    for number, width in enumerate(widths):
        shape[-1 - number // 2] += width
    return tuple(shape)


def _outer(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    if any(len(shape) != 1 for shape in shapes):
        raise ShapeError(f"outer needs two vectors, not shapes {shapes[0]} and {shapes[1]}")
    return shapes[0] + shapes[1]


def _einsum(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    equation = parameters["equation"].replace(" ", "")
    left, arrow, out = equation.partition("->")
    terms = left.split(",")
    letters = "".join(terms)
    if not arrow or not (letters + out).isascii() or not (letters + out or "a").isalpha():
        raise ShapeError(f"{equation!r} must be letters for each operand, then -> and letters")
    if len(terms) != len(shapes):
        raise ShapeError(f"{equation!r} is for {len(terms)} operands, not {len(shapes)}")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape):
            raise ShapeError(f"{term!r} in {equation!r} does not fit shape {shape}")
        for letter, size in zip(term, shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise ShapeError(f"{letter!r} in {equation!r} is {sizes[letter]} and {size}")
    if len(set(out)) < len(out) or not set(out) <= set(letters):
        raise ShapeError(f"{out!r} in {equation!r} must name letters of the operands, each once")
    return tuple(sizes[letter] for letter in out)


def _layer_norm(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    x, weight, bias = shapes
    if not x or weight != x[-1:] or bias != x[-1:] or 0 in x:
        raise ShapeError(
            "layer_norm needs weight and bias of the size of x's last axis, "
            f"not shapes {x}, {weight} and {bias}"
        )
    return x


def _embedding(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    indices, weight = shapes
    if len(weight) != 2:
        raise ShapeError(f"embedding needs a table of rows (N, D), not shape {weight}")
    return (*indices, weight[1])


def _masked(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    x, mask = shapes
    if mask != x:
        raise ShapeError(f"dropout needs a mask of the shape {x}, not {mask}")
    return x


def _batch_norm(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, *rest = shapes
    if len(x) < 2 or 0 in x or any(shape != x[1:2] for shape in rest):
        raise ShapeError(
            "batch_norm needs x of shape (N, C, …), and mean, variance, weight and bias of shape "
            f"(C,), not {', '.join(map(str, shapes))}"
        )
    if parameters["training"] and math.prod(x) == x[1]:
        raise ShapeError(f"training needs more than 1 value for each channel, not shape {x}")
    return x


def _windows(size: int, kernel: int, stride: int, padding: int = 0) -> int:
    return (size + 2 * padding - kernel) // stride + 1


def _conv2d(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, weight = shapes
    stride, padding = parameters["stride"], parameters["padding"]
    fits = len(x) == len(weight) == 4 and x[1] == weight[1] and 0 not in x + weight
    if not fits or any(x[i] + 2 * padding < weight[i] for i in (2, 3)):
        raise ShapeError(
            "conv2d needs x of shape (N, C, H, W) and a weight (O, C, h, w) that fits into it, "
            f"not {x} and {weight}"
        )
    rows, columns = (_windows(x[i], weight[i], stride, padding) for i in (2, 3))
    return x[0], weight[0], rows, columns


def _pool2d(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (x,), kernel = shapes, parameters["kernel_size"]
    stride = kernel if parameters["stride"] is None else parameters["stride"]
    if len(x) != 4 or 0 in x or min(x[2:]) < kernel:
        raise ShapeError(f"shape {x} must be (N, C, H, W) with windows of {kernel} × {kernel}")
    return (*x[:2], *(_windows(size, kernel, stride) for size in x[2:]))


def _cross_entropy(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    logits, labels = shapes
    if len(logits) not in (1, 2) or labels != logits[:-1]:
        raise ShapeError(
            "cross_entropy needs logits of shape (C,) or (N, C) and labels of shape () or (N,), "
            f"not {logits} and {labels}"
        )
    return labels if parameters["reduction"] == "none" else ()


def _soft_cross_entropy(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    logits, probabilities = shapes
    if len(logits) not in (1, 2) or probabilities != logits:
        raise ShapeError(
            "cross_entropy needs logits of shape (C,) or (N, C) and probabilities of that shape, "
            f"not {logits} and {probabilities}"
        )
    return logits[:-1] if parameters["reduction"] == "none" else ()


RULES: dict[str, Callable[[Sequence[Shape], Mapping[str, Any]], Shape]] = {
    "same": _same,
    "clamp": _clamp,
    "broadcast": broadcast,
    "reduce": _reduce,
    "extremum": _extremum,
    "along": _along,
    "matmul": _matmul,
    "reshape": _reshape,
    "transpose": _transpose,
    "permute": _permute,
    "broadcast_to": _broadcast_to,
    "concat": _concat,
    "stack": _stack,
    "index": _index,
    "spread": _spread,
    "cumsum": _along,
    "cumprod": _along,
    "norm": _norm,
    "unsqueeze": _unsqueeze,
    "squeeze": _squeeze,
    "flip": _flip,
    "pad": _pad,
    "outer": _outer,
    "einsum": _einsum,
    "loss": _loss,
    "embedding": _embedding,
    "masked": _masked,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "conv2d": _conv2d,
    "pool2d": _pool2d,
    "cross_entropy": _cross_entropy,
    "soft_cross_entropy": _soft_cross_entropy,
}


def infer(rule: str, shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    """The shape by the named rule; :class:`ShapeError` if it does not fit or is too large."""
    shape = RULES[rule](shapes, parameters)
    if math.prod(max(size, 1) for size in shape) > MAX_ELEMENTS:
        raise ShapeError(f"shape {shape} has more than {MAX_ELEMENTS:,} elements")
    if len(shape) > MAX_RANK:
        raise ShapeError(f"shape {shape} has more than {MAX_RANK} axes")
    return shape
