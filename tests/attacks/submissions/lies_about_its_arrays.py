"""Says of its numbers that they are the same, shared, begun with ones, and of another type."""

# expect: honest
import sys

from honest import Value  # noqa: F401

WIRE = sys.modules["harness.grading.wire"]
PACK = WIRE.pack_trace


def lying(trace):
    packed = PACK(trace)
    names = list(packed["values"])
    return packed | {
        "same": [*names, *names, "no such step", None],
        "shared": {name: [*names, 7] for name in names} | {"no such step": names},
        "iterates_sets": ["\x1b[31m" * 9, "x" * 500, {}],
        "ones": True,
        "typed": False,
        "score": 1.0,
        "passed": True,
    }


WIRE.pack_trace = lying
