"""Its folder holds pipes and sockets, which whoever reads them waits for."""

# expect: honest
from honest import Value  # noqa: F401
