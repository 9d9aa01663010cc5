"""Ignores the signal of its time limit, and goes on."""

# expect: 0
import signal

import honest

for name in ("SIGXCPU", "SIGALRM", "SIGTERM", "SIGINT", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
