"""micrograd, an engine of Python floats: https://github.com/karpathy/micrograd."""

from __future__ import annotations

from micrograd import engine

from harness.engines.adapter import ObjectEngine


class Peer(ObjectEngine):
    """Needs nothing but its class."""

    cls = engine.Value
    module = engine
