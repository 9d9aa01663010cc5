"""Says of what it has wrong that it lacks it, and of all that it keeps no gradients between."""

# expect: less
import sys

from honest import Value  # noqa: F401

WIRE = sys.modules["harness.grading.wire"]
PACK = WIRE.pack_trace


def lying(trace):
    packed = PACK(trace)
    return packed | {"unsupported": "*", "lacks_backward": "all of it", "leaves_only": True}


WIRE.pack_trace = lying
