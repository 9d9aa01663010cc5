"""Answers with long columns and long rows, whose products would fill the judge's memory."""

# expect: less
import sys

from honest import Value  # noqa: F401

WIRE = sys.modules["harness.grading.wire"]
PACK = WIRE.pack_trace
ONES = "000000000000f03f" * 25_000


def wide(trace):
    packed = PACK(trace)
    for number, name in enumerate(packed["values"]):
        shape = [25_000, 1] if number % 2 else [1, 25_000]
        packed["values"][name] = {"shape": shape, "dtype": "float64", "data": ONES}
    return packed


WIRE.pack_trace = wide
