"""Comes with a hundred thousand files."""

# expect: refused
from honest import Value  # noqa: F401
