"""Becomes the one to whom orphans are given, so that none of them is found."""

# expect: honest
import ctypes

import honest

SUBREAPER = 36


class Value(honest.Value):
    fooled = ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0) == 0
