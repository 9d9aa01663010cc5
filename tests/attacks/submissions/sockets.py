"""Asks somebody else on the network."""

# expect: honest
import socket

import honest

REACHED = []
for place in (("127.0.0.1", 22), ("10.0.0.1", 53), ("::1", 80)):
    try:
        socket.create_connection(place, timeout=0.05)
        REACHED.append(place)
    except OSError:
        pass


class Value(honest.Value):
    fooled = bool(REACHED)
