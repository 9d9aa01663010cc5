"""A folder with cases, and the place where commands run."""

from __future__ import annotations

from pathlib import Path

import pytest

SQUARE = "about: a square\ninputs: {x: 3}\nexpr: x * x\n"
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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two cases, and the place where the commands run."""
    for name in ("one", "two"):
        path = tmp_path / "cases" / "topic" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SQUARE)
    monkeypatch.chdir(tmp_path)
    return tmp_path
