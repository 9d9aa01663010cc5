"""Comes with files whose names are no UTF-8."""

# expect: honest
from honest import Value  # noqa: F401
