"""The pages of `harness explain` as pages of the documentation: a hook of mkdocs, which makes them
anew in each build."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.showing import explained
from harness.showing.picture import style_sheet


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page for each kind of what there is a page of."""
    for kind in explained.KINDS:
        text = "\n\n".join(_parts(kind))
        files.append(File.generated(config, f"explained/{kind}.md", content=text))
    return files


def _parts(kind: str) -> Iterator[str]:
    """The page's Markdown: a section of each name, with its picture."""
    yield f"# {kind.capitalize()}"
    yield f"<style>{style_sheet()}</style>"
    yield "What `harness explain NAME` tells, with the circuit of the first case to try."
    for name in explained.names()[kind]:
        page = explained.page(name)
        title, rest = page.text.split("\n", 1)
        yield f"#{title} {{ #{name} }}"
        yield rest.replace("\n## ", "\n### ").strip()
        yield f'<div class="circuit-of">{explained.as_picture(page).strip()}</div>'
