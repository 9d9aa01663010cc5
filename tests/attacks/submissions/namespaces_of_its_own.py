"""Makes namespaces of its own, to be root in them and to mount what it likes."""

# expect: honest
import ctypes

import honest

LIBC = ctypes.CDLL(None)


class Value(honest.Value):
    fooled = LIBC.unshare(0x10000000) == 0 and LIBC.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0
