"""Recorded runs as JSON, between the process that runs somebody's staged code and the judge.

What comes back was written by that code, whatever it looks like: :func:`unpacked` believes nothing
that it has not checked. Imports numpy and the standard library alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from harness.engines.staged.nodes import KINDS, LEAF, SAME, STORE, Node, Recording, Write
from harness.grading.wire import Unreadable, pack_array, told, unpack_array
from harness.vocabulary.signatures import GATES

LONGEST_NAME: Final = 200
DEEPEST: Final = 4
HOWS: Final = ("=", "+=", "[]", "for")
ARITY: Final = {LEAF: 0, SAME: 1, STORE: 2}


def packed(recording: Recording) -> dict[str, Any]:
    """A recording, as the process that made it sends it."""
    return {
        "nodes": [
            {
                "op": node.op,
                "operands": [
                    {"node": item.number} if isinstance(item, Node) else pack_array(float(item))
                    for item in node.operands
                ],
                "parameters": {key: _pack(value) for key, value in node.parameters.items()},
                "value": pack_array(np.asarray(node.value)),
                "line": node.line,
                "told": node.told,
                "column": node.column,
            }
            for node in recording.nodes
        ],
        "writes": [
            [
                write.name,
                write.line,
                None if write.node is None else write.node.number,
                write.how,
                write.scope,
                write.place,
                write.owner,
            ]
            for write in recording.writes
        ],
        "stopped": recording.stopped,
        "refused": recording.refused,
        "trained": recording.trained,
        "column": recording.column,
    }


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"array": pack_array(value)}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, tuple):
        return {"tuple": [_pack(item) for item in value]}
    if isinstance(value, list):
        return [_pack(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def numbers(packed_inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that a run is given."""
    return {name: unpack_array(number) for name, number in packed_inputs.items()}


def unpacked(message: Any) -> Recording:
    """The recording in a reply; raises :class:`Unreadable`."""
    try:
        return _recording(message)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("the recording of the run cannot be read") from None


def _recording(message: Any) -> Recording:
    recording = Recording()
    for number, one in enumerate(message["nodes"]):
        recording.nodes.append(_node(number, one, recording.nodes))
    for name, line, place, how, scope, item, owner in message["writes"]:
        known = isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable()
        whole = all(type(one) is int for one in (line, scope, owner, 0 if item is None else item))
        if not known or how not in HOWS or not whole:
            raise Unreadable("a name of the recording is none")
        node = None if place is None else recording.nodes[_place(place, len(recording.nodes))]
        recording.writes.append(Write(name, line, node, how, scope, item, owner))
    if message["stopped"] is not None:
        line, text = message["stopped"]
        recording.stopped = int(line), told(text)
    recording.refused = message["refused"] is True
    recording.column, recording.trained = int(message["column"]), int(message["trained"])
    return recording


def _place(place: Any, most: int) -> int:
    if type(place) is not int or not 0 <= place < most:
        raise Unreadable("the recording tells of a value that it has not")
    return place


def _node(number: int, one: Any, before: list[Node]) -> Node:
    op = one["op"]
    operands = tuple(
        before[_place(item["node"], number)] if "node" in item else _number(item)
        for item in one["operands"]
    )
    parameters = {str(key): _unpack(value) for key, value in one["parameters"].items()}
    if op in GATES:
        operation = GATES[op]
        fits = operation.variadic or len(operands) == len(operation.operands)
        if not fits or not operands or not parameters.keys() <= operation.parameters.keys():
            raise Unreadable("an operation of the recording is none")
    elif op not in KINDS or ARITY.get(op, len(operands)) != len(operands):
        raise Unreadable("an operation of the recording is none")
    value = np.asarray(unpack_array(one["value"]))
    if op == STORE:
        places = parameters["places"]
        inside = isinstance(places, np.ndarray) and places.dtype.kind == "i"
        if not inside or (places.size and not 0 <= places.min() <= places.max() < value.size):
            raise Unreadable("the recording writes outside of an array")
    line, column = int(one["line"]), int(one["column"])
    return Node(number, op, operands, parameters, value, line, told(one["told"]), column)


def _number(item: Any) -> int | float:
    number = float(unpack_array(item))
    whole = math.isfinite(number) and number == int(number) and abs(number) < 2**53
    return int(number) if whole and math.copysign(1, number) > 0 else number


def _unpack(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise Unreadable("a parameter of the recording is nested too deep")
    if isinstance(value, dict):
        if "array" in value:
            return np.asarray(unpack_array(value["array"]))
        if "slice" in value:
            ends = [None if end is None else int(end) for end in value["slice"]]
            return slice(*ends)
        if "ellipsis" in value:
            return Ellipsis
        return tuple(_unpack(item, depth + 1) for item in value["tuple"])
    if isinstance(value, list):
        return [_unpack(item, depth + 1) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable():
        return value
    raise Unreadable("a parameter of the recording is none")
