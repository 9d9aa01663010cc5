"""Its folder holds folders in folders, deeper than any path may be long."""

# expect: honest
from honest import Value  # noqa: F401
