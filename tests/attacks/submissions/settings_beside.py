"""Brings what Python and its tools read before a program: sitecustomize, .pth, pyvenv.cfg, …"""

# expect: honest
from honest import Value  # noqa: F401
