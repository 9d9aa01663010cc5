"""Comes with a file of a gigabyte."""

# expect: refused
from honest import Value  # noqa: F401
