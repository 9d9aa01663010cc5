"""Fills the buffers of pipes and sockets, which are the kernel's memory and not its own."""

# expect: honest
import fcntl
import os
import socket

import honest

LARGER, MEBI = 1031, 1 << 20
HELD = 0
for _ in range(24):
    try:
        read, write = os.pipe()
        fcntl.fcntl(write, LARGER, MEBI)
        os.set_blocking(write, False)
        HELD += os.write(write, bytes(MEBI))
    except OSError:
        pass
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    try:
        pair = socket.socketpair(socket.AF_UNIX, kind)
        pair[0].setblocking(False)
        HELD += pair[0].send(bytes(4096))
    except OSError:
        pass


class Value(honest.Value):
    fooled = HELD > 0
