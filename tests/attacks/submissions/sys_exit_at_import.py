"""Leaves by the front door."""

# expect: refused
import sys

sys.exit(0)
