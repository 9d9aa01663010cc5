"""Has a signal interrupt the worker while it writes its answer, and raises there, or answers itself."""

# expect: less
import os
import signal

import honest


def ring(*_):
    os.write(11, b'{"id":"0","trace":{}}\n')
    raise RuntimeError("now")


signal.signal(signal.SIGALRM, ring)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(upstream)
        signal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)
