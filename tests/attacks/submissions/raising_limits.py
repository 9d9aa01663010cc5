"""Raises its own limits."""

# expect: honest
import resource

import honest

RAISED = []
for name in ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE"):
    limit = getattr(resource, name)
    try:
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        RAISED.append(name)
    except (OSError, ValueError):
        pass


class Value(honest.Value):
    fooled = bool(RAISED)
