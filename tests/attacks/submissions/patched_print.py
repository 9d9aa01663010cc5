"""Says that everything passes, wherever it can."""

# expect: honest
import builtins
import sys

from honest import Value  # noqa: F401

print("100 passed")
print("::notice::100 of 100", file=sys.stderr)
builtins.print = lambda *_, **__: None
