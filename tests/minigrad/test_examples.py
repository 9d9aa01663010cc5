"""The examples in minigrad's docstrings and in its README run, and give what they say."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from test_readme import ROOT, blocks

import minigrad


@pytest.fixture(autouse=True)
def operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an example adds to them is gone after it."""
    monkeypatch.setattr("minigrad.operations.OPERATIONS", dict(minigrad.OPERATIONS))


@pytest.mark.parametrize("name", ["graph", "operations", "functions", "tensor"])
def test_examples_in_docstrings_are_true(name: str) -> None:
    results = doctest.testmod(import_module(f"minigrad.{name}"))
    assert results.failed == 0
    assert results.attempted > 0


def test_the_readme_is_true() -> None:
    session = "\n".join(block.text for block in blocks(ROOT / "minigrad/README.md"))
    test = doctest.DocTestParser().get_doctest(session, {}, "README.md", None, 0)
    results = doctest.DocTestRunner().run(test)
    assert results.failed == 0
    assert results.attempted > 20
