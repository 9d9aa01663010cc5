"""Programs and traces as JSON lines, between the judge and the process that runs a submission.

What comes back was written by a submission, whatever it looks like: :func:`trace` believes nothing
that it has not checked. Arrays go as shape, dtype and the bytes of their numbers in hexadecimal.
Imports numpy and the standard library alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np

from harness.engines.failures import printable
from harness.engines.trace import Breach, Failure, Trace, Work
from harness.vocabulary.program import PASSES, Array, Program, Step
from harness.vocabulary.shapes import MAX_ELEMENTS

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "float64": np.dtype("<f8"),
    "float32": np.dtype("<f4"),
    "int64": np.dtype("<i8"),
    "bool": np.dtype("|b1"),
}
_NAMES: Final[dict[np.dtype[Any], str]] = {dtype: name for name, dtype in DTYPES.items()}
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))
MOST_AXES: Final = 32
LONGEST_TEXT: Final = 400
MOST_LINES: Final = 20
MOST_WORK: Final = 1e15
"""More can nobody count in the time that there is."""
MOST_PRINTED: Final = 1 << 40
KNOWN: Final = ("every-path",)
"""The mistakes that a run itself may notice."""


class Unreadable(ValueError):
    """A reply that is none; the message says what is wrong with it."""


def to_line(message: Any) -> bytes:
    """A message as one line of JSON."""
    return _ENCODER.encode(message).encode() + b"\n"


def from_line(line: bytes) -> Any:
    """The message of a line; raises :class:`Unreadable`."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the reply is no JSON: {str(error)[:80]}") from None


# -- arrays ----------------------------------------------------------------------------------------


def pack_array(array: Any) -> dict[str, Any]:
    """An array; a Python float is one without a shape that stays a float."""
    if isinstance(array, float):
        return {"number": array.hex()}
    array = np.asarray(array)
    kind = _NAMES.get(array.dtype) or ("int64" if array.dtype.kind in "iu" else "float64")
    data = array.astype(DTYPES[kind], copy=False).tobytes().hex()
    return {"shape": list(array.shape), "dtype": kind, "data": data}


def unpack_array(packed: Any) -> Any:
    """The array, checked; raises :class:`Unreadable`."""
    if not isinstance(packed, dict):
        raise Unreadable("an array of the reply is no object")
    try:
        if "number" in packed:
            return float.fromhex(packed["number"])
        shape, kind, data = packed["shape"], packed["dtype"], packed["data"]
        if not isinstance(shape, list) or any(type(size) is not int for size in shape):
            raise Unreadable("an array of the reply has no shape")
        room = math.prod(max(size, 1) for size in shape)  # nothing has its rows, too
        if len(shape) > MOST_AXES or min(shape, default=0) < 0 or room > MAX_ELEMENTS:
            raise Unreadable("an array of the reply has an impossible shape")
        numbers = np.frombuffer(bytes.fromhex(data), dtype=DTYPES[kind])
        if numbers.size != math.prod(shape):
            raise Unreadable("an array of the reply has not as many numbers as its shape says")
        return numbers.reshape(shape).astype(kind)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("an array of the reply cannot be read") from None


# -- programs --------------------------------------------------------------------------------------


def pack_program(program: Program) -> dict[str, Any]:
    """A program without anything but what an engine needs to run it."""
    return {
        "inputs": {name: pack_array(value) for name, value in program.inputs.items()},
        "constants": {name: pack_array(value) for name, value in program.constants.items()},
        "steps": [
            [step.name, step.op, list(step.operands), _pack(dict(step.parameters))]
            for step in program.steps
        ],
        "shapes": {name: list(shape) for name, shape in program.shapes.items()},
        "seed": pack_array(program.seed),
        "dtype": program.dtype,
        "order": program.order,
        "passes": program.passes,
    }


def unpack_program(packed: Mapping[str, Any]) -> Program:
    """The program that :func:`pack_program` packed."""
    return Program(
        inputs={name: unpack_array(value) for name, value in packed["inputs"].items()},
        constants={name: unpack_array(value) for name, value in packed["constants"].items()},
        steps=tuple(
            Step(name, op, tuple(operands), _unpack(parameters))
            for name, op, operands, parameters in packed["steps"]
        ),
        shapes={name: tuple(shape) for name, shape in packed["shapes"].items()},
        seed=unpack_array(packed["seed"]),
        dtype=packed["dtype"],
        order=packed["order"],
        passes=packed["passes"],
    )


def _pack(value: Any) -> Any:
    """A literal; what JSON has not is an object with one key."""
    if isinstance(value, dict):
        return {"dict": {key: _pack(item) for key, item in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [_pack(item) for item in value]}
    if isinstance(value, list):
        return [_pack(item) for item in value]
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    return {"dots": True} if value is Ellipsis else value


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "dict":
        return {key: _unpack(item) for key, item in inner.items()}
    if kind == "tuple":
        return tuple(_unpack(item) for item in inner)
    return slice(*inner) if kind == "slice" else Ellipsis


# -- traces ----------------------------------------------------------------------------------------


def pack_trace(trace: Trace) -> dict[str, Any]:
    """A trace, as the process that ran the engine sends it."""
    return {
        "values": {name: pack_array(array) for name, array in trace.values.items()},
        "gradients": {name: pack_array(array) for name, array in trace.gradients.items()},
        "second": {name: pack_array(array) for name, array in trace.second.items()},
        "failure": None if trace.failure is None else asdict(trace.failure),
        "breach": None if trace.breach is None else asdict(trace.breach),
        "unsupported": trace.unsupported,
        "lacks_backward": trace.lacks_backward,
        "lacks_second": trace.lacks_second,
        "leaves_only": trace.leaves_only,
        "typed": trace.typed,
        "ones": trace.seed is not None,
        "same": sorted(trace.same),
        "shared": {name: list(names) for name, names in trace.shared.items()},
        "iterates_sets": list(trace.iterates_sets),
    }


def trace(packed: Any, program: Program) -> Trace:
    """The trace of ``program`` in a reply; raises :class:`Unreadable`."""
    if not isinstance(packed, dict):
        raise Unreadable("the reply is no object")
    steps = {step.name for step in program.steps}
    names = steps | set(program.inputs)
    values = _arrays(packed, "values", names)
    if any(name not in values for name in program.inputs) and not (
        packed.get("unsupported") or packed.get("failure")
    ):
        raise Unreadable("the reply has no value of an input")
    same = packed.get("same")
    return Trace(
        values,
        _arrays(packed, "gradients", names & program.differentiable),
        _failure(packed.get("failure"), names),
        _text(packed.get("unsupported")),
        packed.get("leaves_only") is True,
        _arrays(packed, "second", set(program.inputs)),
        _text(packed.get("lacks_second")),
        _breach(packed.get("breach"), names),
        packed.get("typed") is True and all(name in values for name in program.inputs),
        frozenset(_known(same, steps)),
        _shared(packed.get("shared"), names),
        _texts(packed.get("iterates_sets")),
        _text(packed.get("lacks_backward")),
        np.ones_like(program.seed) if packed.get("ones") is True else None,
    )


def work(packed: Any) -> Work | None:
    """What a run took, in a reply; None where that is not told, or cannot be."""
    if not isinstance(packed, dict):
        return None
    told: list[Any] = [packed.get(one.name) for one in fields(Work)]
    known = [one for one in told if type(one) in (int, float) and 0 <= one < MOST_WORK]
    return Work(*known) if len(known) == len(fields(Work)) else None


def _arrays(
    packed: Mapping[str, Any], key: str, names: set[str] | frozenset[str]
) -> dict[str, Array]:
    found = packed.get(key)
    if not isinstance(found, dict):
        raise Unreadable(f"the reply has no {key}")
    unknown = next((name for name in found if name not in names), None)
    if unknown is not None:
        raise Unreadable(f"the reply has a name in {key} that the program has not")
    arrays = {name: np.asarray(unpack_array(array)) for name, array in found.items()}
    return {
        name: array if array.dtype.kind == "f" else array.astype(np.float64)
        for name, array in arrays.items()
    }


def _failure(packed: Any, names: set[str]) -> Failure | None:
    if packed is None:
        return None
    if not isinstance(packed, dict) or packed.get("direction") not in PASSES:
        raise Unreadable("the reply tells of a failure that is none")
    step = packed.get("step")
    return Failure(
        packed["direction"],
        step if isinstance(step, str) and step in names else None,
        _text(packed.get("message")) or "",
        _texts(packed.get("lines")),
        packed.get("arithmetic") is True,
        _texts(packed.get("functions")),
        code if (code := packed.get("code")) in KNOWN else "",
    )


def _breach(packed: Any, names: set[str]) -> Breach | None:
    if packed is None:
        return None
    told = packed if isinstance(packed, dict) else {}
    known = {name: name for name in names}
    name = known.get(str(told.get("name")))
    if told.get("direction") not in PASSES or name is None:
        raise Unreadable("the reply tells of a value that was changed, and is none")
    return Breach(told["direction"], known.get(str(told.get("step"))), name)


def _text(text: Any) -> str | None:
    return printable(text[:LONGEST_TEXT]) if isinstance(text, str) else None


def told(text: Any) -> str:
    """What a submission says, in lines that can be shown."""
    lines = text.splitlines()[:MOST_LINES] if isinstance(text, str) else []
    return "\n".join(printable(line[:LONGEST_TEXT]) for line in lines)


def output(packed: Any) -> tuple[int, str]:
    """How many lines an engine says that it has printed, and how they begin."""
    found = packed if isinstance(packed, dict) else {}
    lines = found.get("lines")
    return lines if type(lines) is int and 0 <= lines <= MOST_PRINTED else 0, told(
        found.get("head")
    )


def _texts(texts: Any) -> tuple[str, ...]:
    found = texts[:MOST_LINES] if isinstance(texts, list) else []
    return tuple(text for item in found if (text := _text(item)) is not None)


def _known(names: Any, known: set[str]) -> tuple[str, ...]:
    """Those of the names that the program has, each once."""
    found = names if isinstance(names, list) else []
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str) and name in known))


def _shared(packed: Any, names: set[str]) -> dict[str, tuple[str, ...]]:
    found = packed if isinstance(packed, dict) else {}
    return {name: _known(others, names) for name, others in found.items() if name in names}
