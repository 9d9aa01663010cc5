"""Takes all the memory that it can get, then computes."""

# expect: honest
import honest

TAKEN = []
try:
    while len(TAKEN) < 64:
        TAKEN.append(bytearray(1 << 26))
except MemoryError:
    pass
MEBIBYTES = 64 * len(TAKEN)
TAKEN.clear()


class Value(honest.Value):
    fooled = MEBIBYTES > 1100
