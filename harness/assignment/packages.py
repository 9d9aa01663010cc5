"""Which packages an assignment may allow: none that differentiates by itself, or brings one."""

from __future__ import annotations

import re
from typing import Final

REFUSED: Final = frozenset(
    {"torch", "jax", "jaxlib", "autograd", "tensorflow", "mygrad", "micrograd", "tinygrad"}
    | {"autograd-harness", "theano", "aesara", "pytensor", "casadi", "sympy"}
)
"""Packages with gradients of their own, and the harness."""


def plain_name(text: str) -> str:
    """A package's name as registries compare them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", text).lower()
