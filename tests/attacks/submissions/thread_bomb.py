"""Starts as many threads as it can."""

# expect: honest
import threading
import time

import honest

STARTED = 0
for _ in range(1000):
    try:
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
        STARTED += 1
    except RuntimeError:
        break


class Value(honest.Value):
    fooled = STARTED > 0
