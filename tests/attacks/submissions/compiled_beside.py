"""Brings compiled modules of other people's names, and Python's own cache of what it imports."""

# expect: honest
from honest import Value  # noqa: F401
