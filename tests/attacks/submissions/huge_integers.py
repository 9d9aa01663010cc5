"""Replies with numbers that no float holds, keys twice, and what is JSON to some alone."""

# expect: less
import json
import sys

from honest import Value  # noqa: F401

WORKER = sys.modules["harness.grading.worker"]
TO_LINE = WORKER.wire.to_line
BODIES = iter(
    [
        '{"id":%s,"trace":' + "9" * 5000 + "}",
        '{"id":%s,"id":"0","trace":{}}',
        '{"id":%s,"trace":{"values":{"x":1e99999},"gradients":NaN,"second":-Infinity}}',
        '{"id":%s,"trace":{"values":{"x":{"number":1e400}},"gradients":{},"second":{}}}',
        '{"id":[%s],"trace":null}',
        '\ufeff{"id":%s}',
        '{"id":%s,"trace":{"values":[],"gradients":"","second":0}} {"id":%s}',
    ]
    * 99
)


def to_line(message):
    if "trace" not in message:
        return TO_LINE(message)
    return next(BODIES).replace("%s", json.dumps(message["id"])).encode() + b"\n"


WORKER.wire.to_line = to_line
