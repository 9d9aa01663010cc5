"""Answers, while it is imported, whatever will be asked before the first case."""

# expect: refused
import os

os.write(11, b'{"imported":true}\n{"ready":true}\n{"confined":true}\n')
