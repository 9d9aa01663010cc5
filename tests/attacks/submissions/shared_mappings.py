"""Asks for memory that is the kernel's to share: no file's, or of huge pages."""

# expect: honest
import mmap

import honest

SHARED, HUGE, VALIDATE = mmap.MAP_SHARED, 0x40000, 3
GOT = 0
for flags in (SHARED, VALIDATE, SHARED | HUGE, mmap.MAP_PRIVATE | HUGE):
    try:
        mmap.mmap(-1, 1 << 21, flags | mmap.MAP_ANONYMOUS)
        GOT += 1
    except OSError:
        pass


class Value(honest.Value):
    fooled = GOT > 0
