"""Programs and traces as JSON lines, between the judge and the process that runs a submission.

What comes back was written by a submission, whatever it looks like: :func:`trace` believes nothing
that it has not checked. Arrays go as shape, dtype and the bytes of their numbers in hexadecimal.
Imports numpy and the standard library alone.
"""

from __future__ import annotations

import base64
import json
import math
import pickle
from collections.abc import Mapping, Set
from dataclasses import asdict, fields, replace
from typing import Any, Final

import numpy as np

from harness.engines.failures import printable
from harness.engines.trace import SLOW, Breach, Failure, Trace, Work
from harness.engines.writing.script import Script
from harness.vocabulary.program import DIRECTIONS, Array, Program
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
LONGEST_SCRIPT: Final = 60
"""So many lines of one are taken."""
MOST_WORK: Final = 1e15
"""More can nobody count in the time that there is."""
MOST_PRINTED: Final = 1 << 40
PACKED: Final = "_packed"
"""Where a program keeps what it was packed to."""
KNOWN: Final = frozenset({"every-path", SLOW})
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


def _pack_arrays(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {name: pack_array(array) for name, array in arrays.items()}


def unpack_array(packed: Any) -> Any:
    """The array, checked; raises :class:`Unreadable`."""
    try:
        if "number" in packed:
            return float.fromhex(packed["number"])
        shape, kind = packed["shape"], packed["dtype"]
        if len(shape) > MOST_AXES or any(type(size) is not int or size < 0 for size in shape):
            raise ValueError
        if math.prod(max(size, 1) for size in shape) > MAX_ELEMENTS:  # nothing has its rows, too
            raise ValueError
        numbers = np.frombuffer(bytes.fromhex(packed["data"]), dtype=DTYPES[kind])
        return numbers.reshape(shape).astype(kind)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unreadable("an array of the reply cannot be read") from None


# -- programs --------------------------------------------------------------------------------------


def pack_program(program: Program) -> str:
    """A program, for the process that is to run it; what was worked out of it stays here. It is
    packed once, as a class is asked the same."""
    known = vars(program)
    if PACKED not in known:
        known[PACKED] = base64.b64encode(pickle.dumps(replace(program))).decode()
    packed: str = known[PACKED]
    return packed


def unpack_program(text: str) -> Program:
    """The program that :func:`pack_program` packed: it comes from the judge, and is believed."""
    program: Program = pickle.loads(base64.b64decode(text))
    return program


# -- traces ----------------------------------------------------------------------------------------


def pack_trace(trace: Trace) -> dict[str, Any]:
    """A trace, as the process that ran the engine sends it."""
    return {
        **{key: _pack_arrays(getattr(trace, key)) for key in ("values", "gradients", "second")},
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
    names = steps | program.inputs.keys()
    values = _arrays(packed, "values", names)
    for step in program.steps:
        if step.operation.compares and step.name in values:
            values[step.name] = values[step.name].astype(np.bool_)
    whole = values.keys() >= program.inputs.keys()
    if not (whole or packed.get("unsupported") or packed.get("failure")):
        raise Unreadable("the reply has no value of an input")
    shared = _dict(packed.get("shared"))
    return Trace(
        values,
        gradients=_arrays(packed, "gradients", names & program.differentiable),
        second=_arrays(packed, "second", {*program.inputs}),
        failure=_failure(packed.get("failure"), names),
        breach=_breach(packed.get("breach"), names),
        unsupported=_text(packed.get("unsupported")),
        lacks_backward=_text(packed.get("lacks_backward")),
        lacks_second=_text(packed.get("lacks_second")),
        leaves_only=packed.get("leaves_only") is True,
        typed=packed.get("typed") is True and whole,
        seed=np.ones_like(program.seed) if packed.get("ones") is True else None,
        same=frozenset(_known(packed.get("same"), steps)),
        shared={name: _known(others, names) for name, others in shared.items() if name in names},
        iterates_sets=_texts(packed.get("iterates_sets")),
    )


def work(packed: Any) -> Work | None:
    """What a run took, in a reply; None where that is not told, or cannot be."""
    told: list[Any] = [_dict(packed).get(one.name) for one in fields(Work)]
    if all(type(one) in (int, float) and 0 <= one < MOST_WORK for one in told):
        return Work(*told)
    return None


def script(packed: Any) -> Script | None:
    """A script in a reply; None where there is none."""
    lines, printed = _dict(packed).get("lines"), _text(_dict(packed).get("printed"))
    if not isinstance(lines, list) or printed is None or not 0 < len(lines) <= LONGEST_SCRIPT:
        return None
    texts = tuple(text for line in lines if (text := _text(line)) is not None)
    return Script(texts, printed, packed.get("raised") is True)


def output(packed: Any) -> tuple[int, str]:
    """How many lines an engine says that it has printed, and how they begin."""
    lines = _dict(packed).get("lines")
    printed = lines if type(lines) is int and 0 <= lines <= MOST_PRINTED else 0
    return printed, told(_dict(packed).get("head"))


def told(text: Any) -> str:
    """What a submission says, in lines that can be shown."""
    lines = text.splitlines()[:MOST_LINES] if isinstance(text, str) else []
    return "\n".join(printable(line[:LONGEST_TEXT]) for line in lines)


def _arrays(packed: Mapping[str, Any], key: str, names: Set[str]) -> dict[str, Array]:
    arrays = packed.get(key)
    if not isinstance(arrays, dict):
        raise Unreadable(f"the reply has no {key}")
    if not arrays.keys() <= names:
        raise Unreadable(f"the reply has a name in {key} that the program has not")
    return {name: _of_floats(unpack_array(array)) for name, array in arrays.items()}


def _of_floats(number: Any) -> Array:
    array = np.asarray(number)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _breach(packed: Any, names: Set[str]) -> Breach | None:
    if packed is None:
        return None
    told = _dict(packed)
    name = next(iter(_known([told.get("name")], names)), None)
    if told.get("direction") not in DIRECTIONS or name is None:
        raise Unreadable("the reply tells of a value that was changed, and is none")
    return Breach(told["direction"], next(iter(_known([told.get("step")], names)), None), name)


def _failure(packed: Any, names: Set[str]) -> Failure | None:
    if packed is None:
        return None
    if not isinstance(packed, dict) or packed.get("direction") not in DIRECTIONS:
        raise Unreadable("the reply tells of a failure that is none")
    return Failure(
        packed["direction"],
        next(iter(_known([packed.get("step")], names)), None),
        _text(packed.get("message")) or "",
        _texts(packed.get("lines")),
        packed.get("arithmetic") is True,
        _texts(packed.get("functions")),
        next(iter(_known([packed.get("code")], KNOWN)), ""),
    )


def _text(text: Any) -> str | None:
    return printable(text[:LONGEST_TEXT]) if isinstance(text, str) else None


def _texts(texts: Any) -> tuple[str, ...]:
    several = texts[:MOST_LINES] if isinstance(texts, list) else []
    return tuple(text for item in several if (text := _text(item)) is not None)


def _known(names: Any, known: Set[str]) -> tuple[str, ...]:
    """Those of the names that the program has, each once."""
    several = names if isinstance(names, list) else []
    own = (name for name in several if isinstance(name, str) and name in known)
    return tuple(dict.fromkeys(own))


def _dict(packed: Any) -> dict[str, Any]:
    return packed if isinstance(packed, dict) else {}
