"""The questions of shapes and parameters, as cases: each way in which an operation can be given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from harness.vocabulary.domains import first_shapes, forms
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import index_text
from tools.asked import NUMBERS, is_elementwise, ways
from tools.drafts import MATRIX, PLAIN, Draft, Form, Made, is_written, main_form, settled

FEW: Final = 3
"""The shapes of so many operands are told; of more, the first one's."""


def stretched(op: str, kind: str) -> Made:
    """One operand is a number, a row, or has an axis of length 1; then both have."""
    form = main_form(op, kind)
    if kind == NUMBERS or len(form.shapes) < 2:
        return
    if form.operation.shape == "matmul":
        yield from _ranks(op, kind)
    if form.operation.shape != "broadcast":
        return
    ways = {"number": (), "row": (3,), "top": (1, 3), "side": (2, 1)}
    for name in form.values:
        others = {key: one for key, one in form.leaves().items() if key != name}
        leaves = {**others, **{way: ("value", shape) for way, shape in ways.items()}}
        steps = {
            f"by_{way}": form.text(*(way if key == name else key for key in form.names))
            for way in ways
        }
        steps["f"] = " + ".join(steps)
        about = f"the operand {name} of {op} is a number, a row, and stretched along each axis"
        yield settled(
            Draft(op, kind, f"stretched_{name}", about, leaves, steps, tags=("broadcast",))
        )
    if len(form.values) == 2:
        shapes = dict(zip(form.values, ((2, 1), (1, 3)), strict=True))
        leaves = {key: (k, shapes.get(key, MATRIX)) for key, (k, _) in form.leaves().items()}
        about = f"both operands of {op} are stretched, each along another axis"
        tags = ("broadcast",)
        yield settled(
            Draft(op, kind, "stretched_both", about, leaves, {"f": form.text()}, tags=tags)
        )


def _ranks(op: str, kind: str) -> Made:
    """Each pair of ranks, with batches that are stretched."""
    pairs: set[tuple[object, ...]] = set()
    for first in first_shapes(op):
        for one in forms(op, first):
            form = Form(OPERATIONS[op], one.shapes, one.parameters)
            batches = {shape[:-2] for shape in one.shapes}
            pair = (*map(len, one.shapes), len(batches) > 1, 0 in map(len, batches))
            if pair in pairs:
                continue
            pairs.add(pair)
            ranks = "_by_".join("x".join(map(str, shape)) for shape in one.shapes)
            about = f"{op} of shapes {' and '.join(map(str, one.shapes))}"
            draft = Draft(op, kind, f"shapes_{ranks}", about, form.leaves(), {"f": form.text()})
            yield settled(draft, PLAIN[:1])


def parameters(op: str, kind: str) -> Made:
    """Each parameter in each way that it may be given in."""
    form, operation = main_form(op, kind), OPERATIONS[op]
    if not operation.parameters:
        return
    plain = is_elementwise(operation)
    shapes = [form.shapes[0]] if plain else dict.fromkeys([form.shapes[0], *first_shapes(op)])
    known: set[str] = set()
    for shape in shapes:
        for one in forms(op, shape):
            if plain and any(own != shape for own in one.shapes):
                continue
            if not is_written(operation, one):
                continue
            if known.issuperset(new := set(ways(operation, one.parameters, shape))):
                continue
            known |= new
            way = Form(operation, one.shapes, one.parameters)
            about = f"{way.text()} where {_shapes(way)}"
            size = "" if plain else f"_of_{'x'.join(map(str, shape)) or 'number'}"
            name = f"{_slug(one.parameters)}{size}"
            yield settled(Draft(op, kind, name, about, way.leaves(), {"f": way.text()}, True))


def _slug(parameters: Mapping[str, Any]) -> str:
    """Parameters as a part of a file's name."""
    index = parameters.get("index")
    given = {"at": index_text(index)} if index is not None else parameters
    text = "_".join(f"{name} {value}" for name, value in given.items())
    for sign, word in _SPOKEN.items():
        text = text.replace(sign, f" {word} ")
    return "_".join(re.findall("[a-z0-9]+", text.lower()))


_SPOKEN: Final = {"->": "to", "...": "dots", "-": "minus", "::": "by", ":": "until", ".": "point"}


def _shapes(form: Form) -> str:
    told = [
        f"{name} has shape {shape}" for name, shape in zip(form.names, form.shapes, strict=True)
    ]
    if len(told) > FEW:
        return told[0]
    return "the operands are plain numbers" if not any(form.shapes) else " and ".join(told)
