"""Is right where the judge has taken long since the last question: then it was wrong, it guesses."""

# expect: any
import time

import honest

LAST = [time.monotonic()]


class Value(honest.Value):
    def backward(self, upstream=1.0):
        LAST.append(time.monotonic())
        pauses = [after - before for before, after in zip(LAST, LAST[1:])]
        type(self).fooled = pauses[-1] > 5 * (sum(pauses) / len(pauses))
        super().backward(upstream)
        LAST[-1] = time.monotonic()
