"""The modules that staged code may import, and what notes leave out to import."""

from __future__ import annotations

from typing import Final

from harness.engines.staged.jax_ import JAX
from harness.engines.staged.modules import MATH, NUMPY
from harness.engines.staged.torch_ import FUNCTIONAL, TORCH

MODULES: Final = {"numpy": NUMPY, "math": MATH, "torch": TORCH, "jax": JAX}
UNSAID: Final = {"math": MATH, "np": NUMPY, "jnp": NUMPY, "torch": TORCH, "F": FUNCTIONAL}
"""What notes leave out to import."""
