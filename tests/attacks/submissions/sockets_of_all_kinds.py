"""Opens sockets that reach no network: of names in the air, of the kernel, of the host, a pair."""

# expect: honest
import socket

import honest

OPENED = []
ALG, BLUETOOTH, CAN, NETLINK, PACKET, UNIX, VSOCK = 38, 31, 29, 16, 17, 1, 40
for family in (ALG, BLUETOOTH, CAN, NETLINK, PACKET, UNIX, VSOCK, 2, 10):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            OPENED.append(socket.socket(family, kind))
        except OSError:
            pass
try:
    OPENED += socket.socketpair()
except OSError:
    pass


class Value(honest.Value):
    fooled = bool(OPENED)
