"""Elements of a page; those that are wider than a screen may be scroll, also by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape


def region(kind: str, label: str, content: str, tag: str = "div") -> str:
    """An element of a class that scrolls, with what it is called; ``content`` is HTML."""
    return (
        f'<{tag} class="{kind}" tabindex="0" role="group" aria-label="{escape(label)}">'
        f"{content}</{tag}>"
    )


def cell(content: str, kind: str = "") -> str:
    """A cell of a table; ``content`` is HTML."""
    return f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>"


def table(
    label: str,
    heads: Sequence[str],
    rows: Iterable[tuple[str, Iterable[str]]],
    kind: str = "",
    caption: str = "",
) -> str:
    """A table with rows of a head, in text, and cells, in HTML."""
    above = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    below = "\n".join(
        f'<tr><th scope="row">{escape(head)}</th>{"".join(cells)}</tr>' for head, cells in rows
    )
    start = f'<table class="{kind}">' if kind else "<table>"
    start += f"<caption>{caption}</caption>" if caption else ""
    content = f"{start}<thead><tr>{above}</tr></thead><tbody>\n{below}\n</tbody></table>"
    return region("scroll", label, content)


def unquoted(content: str) -> str:
    """HTML without the quotes that it does not need: there are many of them in a circuit. Quotes in
    a text are escaped, so that all others are those of attributes."""
    return re.sub(r' ([\w-]+)="([\w.,:#-]+)"(?=[ >])', r" \1=\2", content)
