"""Engines without a file, and a folder with two cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FORGETFUL = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, upstream=1.0):
        self.grad = upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""
"""Assigns gradients where it should add."""

MENDED = FORGETFUL.replace("self.grad = upstream", "self.grad += upstream")
ENDLESS = MENDED.replace("        return Value(self.data * ", "        while True: pass\n        #")
ENDING = MENDED.replace(
    "        return Value(self.data * ", "        import os; os._exit(3)\n        #"
)


def class_of(text: str, module: str = "nowhere") -> Any:
    """The class of a text, which lies in no file."""
    scope: dict[str, Any] = {"__name__": module}
    exec(text, scope)
    return scope["Value"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with cases of a product and of a sum, the current one."""
    for name, expr in (("product", "x * y"), ("sum", "x + x")):
        path = tmp_path / "cases" / "topic" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        given = "{x: 3, y: -4}" if "y" in expr else "{x: 3}"
        path.write_text(f"about: a {name}\ninputs: {given}\nexpr: {expr}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path
