"""Answers rightly, but with a trace of its own: no step has to have a gradient, it says."""

# expect: forward
import sys

from honest import Value  # noqa: F401

WIRE = sys.modules["harness.grading.wire"]
PACK = WIRE.pack_trace


def lying(trace):
    packed = PACK(trace)
    second = {"direction": "second", "step": None, "message": "", "arithmetic": True}
    return packed | {
        "gradients": {},
        "leaves_only": True,
        "same": list(packed["values"]),
        "lacks_second": "second order",
        "failure": second,
    }


WIRE.pack_trace = lying
