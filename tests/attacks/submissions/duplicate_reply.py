"""Says everything twice."""

# expect: refused
import os

from honest import Value  # noqa: F401

write = os.write


def twice(descriptor, data):
    write(descriptor, data)
    return write(descriptor, data)


os.write = twice
