"""Has itself told of all that the worker does (profile, trace, audit), and changes it there."""

# expect: any
import sys

import honest

SEEN = []


def watch(frame, event, argument):
    for name in ("expected", "truth", "right", "points", "score"):
        if name in frame.f_locals:
            SEEN.append(name)
    if "trace" in frame.f_locals:
        frame.f_locals["trace"] = None
    return watch


def audit(event, arguments):
    if event in ("open", "exec", "import") and len(SEEN) > 10_000:
        raise RuntimeError(event)


sys.addaudithook(audit)
sys.setprofile(watch)
sys.settrace(watch)


class Value(honest.Value):
    fooled = property(lambda self: bool(SEEN))
