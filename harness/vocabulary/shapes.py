"""Static shapes: what shape a step has, given its operands', before any engine runs.

Each rule is named in the vocabulary. A rule is given the operands' shapes and the parameters with
their defaults filled in, and returns the result's shape or raises :class:`ShapeError`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness import languages
from harness.vocabulary.axes import Rule, Shape, ShapeError, axis_of, broadcast, said
from harness.vocabulary.indexing import gather, index, take_along_axis
from harness.vocabulary.pieces import piece_of
from harness.vocabulary.sliding import conv_transpose2d, convolution, pool2d

__all__ = ["MAX_ELEMENTS", "MAX_RANK", "RULES", "Shape", "ShapeError", "broadcast", "infer"]


MAX_ELEMENTS = 2_000_000
"""The largest number of elements a step may have, and all steps of a program together."""
MAX_RANK = 16


def _same(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    return shapes[0]


def _reduce(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,) = shapes
    axis, keepdims = parameters["axis"], parameters["keepdims"]
    if axis is None:
        axes = set(range(len(shape)))
    else:
        given = axis if isinstance(axis, tuple) else (axis,)
        axes = {axis_of(item, len(shape)) for item in given}
        if len(axes) < len(given):
            raise ShapeError(said("axis-twice", axis=axis))
        if not given:
            raise ShapeError(said("reduces-nothing"))
    return tuple(
        1 if i in axes else size for i, size in enumerate(shape) if keepdims or i not in axes
    )


def _extremum(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    result = _reduce(shapes, parameters)
    kept = _reduce(shapes, {**parameters, "keepdims": True})
    if any(old == 0 and new == 1 for old, new in zip(shapes[0], kept, strict=True)):
        raise ShapeError(said("no-extremum", shapes=shapes[0]))
    return result


def _clamp(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    low, high = parameters["min"], parameters["max"]
    if low is None and high is None:
        raise ShapeError(said("clamp-needs"))
    if low is not None and high is not None and low > high:
        raise ShapeError(said("clamp-order", low=low, high=high))
    return shapes[0]


def _along(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis_of(parameters["axis"], len(shapes[0]))
    return shapes[0]


def _matmul(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    left, right = shapes
    if not left or not right:
        raise ShapeError(said("matmul-rank", left=left, right=right))
    if left[-1] != right[0 if len(right) == 1 else -2]:
        raise ShapeError(said("matmul-sizes", left=left, right=right))
    batch = broadcast((left[:-2], right[:-2]), {})
    return batch + left[-2:-1] + (right[-1:] if len(right) > 1 else ())


def _reshape(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), target = shapes, parameters["shape"]
    size = math.prod(shape)
    known = math.prod(item for item in target if item != -1)
    if target.count(-1) > 1 or any(item < -1 for item in target):
        raise ShapeError(said("one-unknown", target=target))
    if -1 in target and known and size % known == 0:
        return tuple(size // known if item == -1 else item for item in target)
    if -1 in target or known != size:
        raise ShapeError(said("cannot-reshape", shape=shape, size=size, target=target))
    return tuple(target)


def _transpose(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    shape = list(shapes[0])
    first = axis_of(parameters["axis0"], len(shape), "axis0")
    second = axis_of(parameters["axis1"], len(shape), "axis1")
    shape[first], shape[second] = shape[second], shape[first]
    return tuple(shape)


def _permute(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), axes = shapes, parameters["axes"]
    order = [axis_of(item, len(shape), "axes") for item in axes]
    if sorted(order) != list(range(len(shape))):
        raise ShapeError(said("axes-once", axes=axes, shape=shape))
    return tuple(shape[item] for item in order)


def _broadcast_to(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), target = shapes, tuple(parameters["shape"])
    padded = (1,) * (len(target) - len(shape)) + shape
    fits = len(padded) == len(target) and all(
        old in (1, new) for old, new in zip(padded, target, strict=True)
    )
    if not fits:
        raise ShapeError(said("cannot-broadcast", shape=shape, target=target))
    return target


def _concat(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    first = shapes[0]
    if not all(shapes):
        raise ShapeError(said("concat-rank"))
    axis = axis_of(parameters["axis"], len(first))
    rest = {shape[:axis] + shape[axis + 1 :] for shape in shapes if len(shape) == len(first)}
    if len(rest) > 1 or any(len(shape) != len(first) for shape in shapes):
        text = ", ".join(str(shape) for shape in shapes)
        raise ShapeError(said("concat-differ", text=text, axis=parameters["axis"]))
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _stack(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    first = shapes[0]
    if any(shape != first for shape in shapes):
        text = ", ".join(str(shape) for shape in shapes)
        raise ShapeError(said("stack-equal", text=text))
    axis = axis_of(parameters["axis"], len(first) + 1)
    return (*first[:axis], len(shapes), *first[axis:])


def _loss(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    if shapes[0] != shapes[1]:
        raise ShapeError(said("equal-shapes", shapes=shapes[0], shapes2=shapes[1]))
    return shapes[0] if parameters["reduction"] == "none" else ()


def _spread(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    result = _reduce(shapes, parameters)
    kept = _reduce(shapes, {**parameters, "keepdims": True})
    count = math.prod(o for o, k in zip(shapes[0], kept, strict=True) if k == 1)
    if count <= parameters["correction"]:
        raise ShapeError(
            said(
                "no-spread",
                elements=languages.amount(count, "element"),
                correction=parameters["correction"],
            )
        )
    return result


def _norm(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    order = parameters["ord"]
    return (_extremum if math.isinf(order) or order < 0 else _reduce)(shapes, parameters)


def _unsqueeze(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = axis_of(parameters["axis"], len(shapes[0]) + 1)
    return (*shapes[0][:axis], 1, *shapes[0][axis:])


def _squeeze(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = axis_of(parameters["axis"], len(shapes[0]))
    if shapes[0][axis] != 1:
        raise ShapeError(said("not-size-one", axis=parameters["axis"], shapes=shapes[0]))
    return (*shapes[0][:axis], *shapes[0][axis + 1 :])


def _flip(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    axis = parameters["axis"]
    given = axis if isinstance(axis, tuple) else (axis,)
    if len({axis_of(item, len(shapes[0])) for item in given}) < max(len(given), 1):
        raise ShapeError(said("axes-distinct", axis=axis))
    return shapes[0]


def _pad(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    shape, widths = list(shapes[0]), parameters["pad"]
    if len(widths) > 2 * len(shape):
        raise ShapeError(said("pad-pairs", widths=widths, shapes=shapes[0]))
    for number, width in enumerate(widths):
        shape[-1 - number // 2] += width
    return tuple(shape)


def _outer(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    if any(len(shape) != 1 for shape in shapes):
        raise ShapeError(said("outer-vectors", shapes=shapes[0], shapes2=shapes[1]))
    return shapes[0] + shapes[1]


def _einsum(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    equation = parameters["equation"].replace(" ", "")
    left, arrow, out = equation.partition("->")
    terms = left.split(",")
    letters = "".join(terms)
    if not arrow or not (letters + out).isascii() or not (letters + out or "a").isalpha():
        raise ShapeError(said("einsum-letters", equation=equation))
    if len(terms) != len(shapes):
        raise ShapeError(
            said("einsum-operands", equation=equation, terms=len(terms), shapes=len(shapes))
        )
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape):
            raise ShapeError(said("einsum-term", term=term, equation=equation, shape=shape))
        for letter, size in zip(term, shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise ShapeError(
                    said(
                        "einsum-sizes",
                        letter=letter,
                        equation=equation,
                        sizes=sizes[letter],
                        size=size,
                    )
                )
    if len(set(out)) < len(out) or not set(out) <= set(letters):
        raise ShapeError(said("einsum-out", out=out, equation=equation))
    return tuple(sizes[letter] for letter in out)


def _layer_norm(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    x, weight, bias = shapes
    if not x or weight != x[-1:] or bias != x[-1:] or 0 in x:
        raise ShapeError(said("layer-norm-needs", x=x, weight=weight, bias=bias))
    return x


def _embedding(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    indices, weight = shapes
    if len(weight) != 2:
        raise ShapeError(said("embedding-needs", weight=weight))
    return (*indices, weight[1])


def _masked(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    x, mask = shapes
    if mask != x:
        raise ShapeError(said("dropout-needs", x=x, mask=mask))
    return x


def _batch_norm(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, *rest = shapes
    if len(x) < 2 or 0 in x or any(shape != x[1:2] for shape in rest):
        raise ShapeError(said("batch-norm-needs", shapes=", ".join(map(str, shapes))))
    if parameters["training"] and math.prod(x) == x[1]:
        raise ShapeError(said("training-needs", x=x))
    return x


def _topk(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (shape,), k = shapes, parameters["k"]
    axis = axis_of(parameters["axis"], len(shape))
    if k > shape[axis]:
        raise ShapeError(said("k-too-large", k=k, shape=shape[axis], axis=axis))
    return (*shape[:axis], k, *shape[axis + 1 :])


def _cross_entropy(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    logits, labels = shapes
    if len(logits) not in (1, 2) or labels != logits[:-1]:
        raise ShapeError(said("cross-entropy-needs", logits=logits, labels=labels))
    return labels if parameters["reduction"] == "none" else ()


def _soft_cross_entropy(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    logits, probabilities = shapes
    if len(logits) not in (1, 2) or probabilities != logits:
        raise ShapeError(
            said("soft-cross-entropy-needs", logits=logits, probabilities=probabilities)
        )
    return logits[:-1] if parameters["reduction"] == "none" else ()


RULES: dict[str, Rule] = {
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
    "index": index,
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
    "conv1d": convolution("L"),
    "conv2d": convolution("H, W"),
    "conv_transpose2d": conv_transpose2d,
    "pool2d": pool2d,
    "topk": _topk,
    "gather": gather,
    "take_along_axis": take_along_axis,
    "split": piece_of("split"),
    "chunk": piece_of("chunk"),
    "unbind": piece_of("unbind", keeps=False),
    "cross_entropy": _cross_entropy,
    "soft_cross_entropy": _soft_cross_entropy,
}


def infer(rule: str, shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    """The shape by the named rule; :class:`ShapeError` if it does not fit or is too large."""
    shape = RULES[rule](shapes, parameters)
    if math.prod(max(size, 1) for size in shape) > MAX_ELEMENTS:
        raise ShapeError(said("too-many-elements", shape=shape, max_elements=MAX_ELEMENTS))
    if len(shape) > MAX_RANK:
        raise ShapeError(said("too-many-axes", shape=shape, max_rank=MAX_RANK))
    return shape
