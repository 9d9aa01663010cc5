"""The notebook of the documentation: a hook of mkdocs makes a page of it, as it was last run, and
`python tools/notebook.py` runs it anew, and stores what it shows."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).resolve().parent.parent
NOTEBOOK: Final = ROOT / "docs/notebook.ipynb"
PAGE: Final = "notebook.md"
PLACE: Final = '<div id="output-{}"></div>'


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the page."""
    files.append(File.generated(config, PAGE, content="\n\n".join(_parts())))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Puts what cells have shown where it belongs: as it is, and untouched by Markdown."""
    if page.file.src_uri == PAGE:
        for number, cell in enumerate(_cells()):
            html = html.replace(PLACE.format(number), _shown(cell))
    return html


def _cells() -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return cells


def _parts() -> Iterator[str]:
    """The page's Markdown: texts, code, and the places of what was shown."""
    for number, cell in enumerate(_cells()):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield source
        else:
            yield f"```python\n{source}\n```"
            for one in cell["outputs"]:
                if (text := _text(one)) is not None:
                    yield f"```text\n{text.rstrip()}\n```"
            yield PLACE.format(number)


def _text(output: dict[str, Any]) -> str | None:
    """What was printed or shown as text; None where there is HTML of it."""
    data = output.get("data", {})
    text = output["text"] if "text" in output else data.get("text/plain", "")
    return None if "text/html" in data else "".join(text)


def _shown(cell: dict[str, Any]) -> str:
    every = (one.get("data", {}).get("text/html", "") for one in cell.get("outputs", ()))
    return "".join("".join(one) for one in every)


# -- run anew --------------------------------------------------------------------------------------


def run() -> Any:
    """The notebook with what its cells show now, run in an empty folder. How far a check was is
    gone in the end, and left out."""
    import nbformat
    from nbclient import NotebookClient

    os.environ["PYTHONPATH"] = str(ROOT)
    notebook = nbformat.read(NOTEBOOK, 4)
    usual = dict(notebook.metadata)
    with tempfile.TemporaryDirectory() as folder:
        place = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=None, resources=place, record_timing=False).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(one for one in cell.outputs if _text(one) != "")
    notebook.metadata = usual
    return notebook


def joined(outputs: Iterable[Any]) -> list[Any]:
    """Outputs, with what was printed piece by piece, as time had it, in one."""
    whole: list[Any] = []
    for one in outputs:
        last = whole[-1] if whole else {}
        if "name" in one and one.get("name") == last.get("name"):
            last["text"] += one["text"]
        else:
            whole.append(one)
    return whole


if __name__ == "__main__":
    import nbformat

    nbformat.write(run(), NOTEBOOK)
