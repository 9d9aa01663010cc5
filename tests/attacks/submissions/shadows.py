"""Brings modules called harness, numpy, json and os."""

# expect: honest
from honest import Value  # noqa: F401
