"""Looks for the derivatives of the harness among what its memory once held."""

# expect: honest
import ctypes
import gc
import re
import sys

import honest

TEXT = re.compile(rb"[s]ign\(\{x\}\) \* \{dout\}|[l]og\(\{x\}\) \* \{out\}")


def reached(most=300_000):
    known, waiting = set(), [*sys.modules.values(), *object.__subclasses__()]
    while waiting and len(known) < most:
        one = waiting.pop()
        if id(one) not in known:
            known.add(id(one))
            waiting += gc.get_referents(one)
            yield one


try:
    small = (id(one) for one in reached() if sys.getsizeof(one) < 400)  # larger ones lie elsewhere
    pools = {place >> 14 << 14 for place in small}
    HAVE = any(TEXT.search(ctypes.string_at(pool, 1 << 14)) for pool in pools)
except Exception:
    HAVE = False


class Value(honest.Value):
    fooled = HAVE
