"""The notebook of the documentation is run by a real kernel, and shows what is stored in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def shown(cells: list[dict[str, Any]]) -> list[list[str]]:
    """What each cell of code has shown as text. How far it was is gone in the end, and is not
    compared: it depends on the machine's pace."""
    return [
        [text for one in cell["outputs"] if (text := text_of(one))]
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def text_of(output: dict[str, Any]) -> str:
    text = output["text"] if "text" in output else output["data"]["text/plain"]
    return "".join(text)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The cells, run anew in an empty folder."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOK, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    place = tmp_path_factory.mktemp("notebook")
    resources = {"metadata": {"path": str(place)}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=None, resources=resources).execute()
    cells: list[dict[str, Any]] = json.loads(nbformat.writes(notebook))["cells"]
    return cells


@pytest.mark.slow
@pytest.mark.sample
def test_it_shows_what_is_stored(executed: list[dict[str, Any]]) -> None:
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert shown(executed) == shown(stored)


@pytest.mark.slow
@pytest.mark.sample
def test_what_is_shown_as_html_is_stored_as_it_is_now(executed: list[dict[str, Any]]) -> None:
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert pages(executed) == pages(stored)


def pages(cells: list[dict[str, Any]]) -> list[str]:
    found = [
        "".join(one["data"]["text/html"])
        for cell in cells
        for one in cell.get("outputs", ())
        if "text/html" in one.get("data", {})
    ]
    assert found
    return found


def test_the_stored_notebook_ends_with_a_trained_network() -> None:
    text = "\n".join(
        line
        for cell in shown(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])
        for line in cell
    )
    losses = [float(one) for one in re.findall(r"^step +\d+: loss ([\d.]+)$", text, re.MULTILINE)]
    assert len(losses) == 4 and losses[-1] < losses[0] / 100
    assert "overwrite" in text and "0 failed" in text.splitlines()[-1]
