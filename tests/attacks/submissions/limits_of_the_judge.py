"""Changes what holds for others: their limits, their processors, their priority."""

# expect: honest
import os
import resource

import honest

OTHER, CHANGED = os.getppid() or 2, 0
for attempt in (
    lambda: resource.prlimit(OTHER, resource.RLIMIT_NOFILE),
    lambda: resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)),
    lambda: os.setpriority(os.PRIO_PROCESS, OTHER, os.getpriority(os.PRIO_PROCESS, 0)),
    lambda: os.sched_setaffinity(0, {0}),
    lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
):
    try:
        attempt()
        CHANGED += 1
    except OSError:
        pass


class Value(honest.Value):
    fooled = CHANGED > 0
