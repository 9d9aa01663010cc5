"""A notebook whose cells are commands for a shell, for IPython, and for whoever shows their output."""

# expect: honest
from honest import Value  # noqa: F401
