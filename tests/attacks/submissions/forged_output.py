"""Says in its replies what it has printed, as only an engine at home is asked to, in no form at all."""

# expect: any
import sys

import honest

WORKER = sys.modules["harness.grading.worker"]
WIRE, TO_LINE = WORKER.wire, WORKER.wire.to_line
ODD = iter([{}, {"lines": "many"}, {"lines": 1e308, "head": 7}, {"lines": {}, "head": None}] * 99)


def to_line(message):
    if "trace" in message:
        message = {**message, "output": next(ODD), "late": "very", "renews": True}
    return TO_LINE(message)


WIRE.to_line = to_line


class Value(honest.Value):
    pass
