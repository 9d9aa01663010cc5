"""The notebook of the documentation as a page of it, as it was last run: a hook of mkdocs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

NOTEBOOK: Final = Path(__file__).resolve().parent.parent / "docs/notebook.ipynb"
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
