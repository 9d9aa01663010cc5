# -*- coding: klingon -*-
"""Is written in no known encoding."""

# expect: refused
from honest import Value  # noqa: F401
