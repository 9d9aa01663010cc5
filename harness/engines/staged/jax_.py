"""``jax`` as staged code sees it: numpy, and jax's own functions of networks; no autograd."""

from __future__ import annotations

from typing import Final

from harness.engines.staged.modules import NUMPY
from harness.engines.staged.tensors import ELEMENTWISE, METHODS
from harness.engines.staged.torch_ import Facade

NN: Final = Facade("jax.nn")
vars(NN).update({name: METHODS[name] for name in (*ELEMENTWISE, "softmax", "log_softmax", "tanh")})

JAX: Final = Facade("jax")
vars(JAX).update({"numpy": NUMPY, "nn": NN})
"""The module."""
