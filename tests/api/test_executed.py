"""The notebook of the documentation is run by a real kernel, and shows what is stored in it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def shown(cells: list[dict[str, Any]]) -> list[str]:
    """What the cells of code have shown, as text."""
    return [
        "".join(one["text"] if "text" in one else one["data"]["text/plain"])
        for cell in cells
        for one in cell.get("outputs", ())
    ]


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("run_notebook", ROOT / "tools/notebook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored() -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return cells


@pytest.mark.slow
@pytest.mark.sample
def test_it_shows_what_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "")
    told = "python tools/notebook.py stores it as it is now"
    assert shown(tool().run().cells) == shown(stored()), told


def test_what_is_printed_piece_by_piece_is_one_output() -> None:
    """How a kernel cuts what a cell prints depends on time."""
    printed = {"output_type": "stream", "name": "stdout"}
    picture = {"output_type": "display_data", "data": {"text/plain": "a picture"}}
    pieces = [{**printed, "text": "a"}, {**printed, "text": "b"}, picture, {**printed, "text": "c"}]
    assert shown([{"outputs": tool().joined(pieces)}]) == ["ab", "a picture", "c"]


def test_the_stored_notebook_ends_with_a_trained_network() -> None:
    text = "\n".join(shown(stored()))
    losses = [float(one) for one in re.findall(r"^step +\d+: loss ([\d.]+)$", text, re.MULTILINE)]
    assert len(losses) == 4 and losses[-1] < losses[0] / 100
    assert "overwrite" in text and "0 failed" in text.splitlines()[-1]
