"""Makes itself root in a namespace of its own, and mounts what it likes."""

# expect: honest
import ctypes
import os

import honest

libc = ctypes.CDLL(None)
libc.unshare(0x10000000 | 0x00020000)
libc.mount(b"none", b"/proc", b"proc", 0, None)
libc.umount2(b"/proc", 2)
libc.umount2(b"/deps/harness", 2)
try:
    SEEN = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    SEEN += [name for name in os.listdir("/deps/harness") if name.endswith(".py")]
except OSError:
    SEEN = []


class Value(honest.Value):
    fooled = bool(SEEN)
