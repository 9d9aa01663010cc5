"""What students get of an assignment: a copy of its file in which nothing hidden is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.assignment.values import Assignment
from harness.language import document
from harness.language.nodes import Mapping, Node, Sequence

README: Final = """\
# {title}

Set up, once (Python 3.11 or newer; on Windows, write `.venv\\Scripts\\` for `.venv/bin/`):

```sh
python3 -m venv .venv && .venv/bin/pip install ./{wheel}
```

Write {file}, and look how far you have come, as often as you like:

```sh
.venv/bin/harness check
```

It says which questions are done, what is wrong in them, and probably why.

{questions}
"""


class LayoutError(Exception):
    """The file is not written so that parts of it can be left out; the message says what is."""


def readme(rules: Assignment, wheel: str) -> str:
    """The student's README."""
    shown = [one for one in rules.questions if not one.hidden]
    files = dict.fromkeys(one.file for one in shown if one.file is not None)
    engine = [rules.engine.file] if any(one.exercise is None for one in shown) else []
    rows = ["| question | points |", "|---|---|"]
    rows += [f"| {one.title} | {one.points:g} |" for one in shown]
    if rules.due is not None:
        rows += ["", f"Due: {rules.due:%Y-%m-%d %H:%M}"]
    named = ", ".join(f"`{name}`" for name in (*engine, *files))
    return README.format(title=rules.title, wheel=wheel, file=named, questions="\n".join(rows))


def students_copy(rules: Assignment, text: str, hidden: int) -> str:
    """The text of an assignment without what is hidden, and with how many cases that is. Raises
    :class:`LayoutError`."""
    root = document.parse(text).root
    assert isinstance(root, Mapping)
    lines = text.splitlines()
    left_out = set[int]()
    for begin, end in _hidden(rules, root, len(lines)):
        left_out.update(range(begin, end))
    kept = [line for number, line in enumerate(lines, 1) if number not in left_out]
    return "\n".join([*kept, *[f"hidden: {hidden}"] * bool(hidden)]) + "\n"


def _hidden(rules: Assignment, root: Mapping, count: int) -> Iterator[tuple[int, int]]:
    """The lines, from one up to another, of all that students do not get."""
    keys = [key for key, _ in root.entries]
    ends = [*(key.line for key in keys[1:]), count + 1]
    for (key, node), end in zip(root.entries, ends, strict=True):
        if key.text == "hidden":
            yield _whole(key, end)
        if key.text == "questions" and isinstance(node, Sequence):
            starts = [item.line for item in node.items]
            for item, last, one in zip(
                node.items, [*starts[1:], end], rules.questions, strict=True
            ):
                if one.hidden:
                    yield _whole(item, last)


def _whole(node: Node, end: int) -> tuple[int, int]:
    if end <= node.line:
        raise LayoutError(f"line {node.line}: what is hidden needs lines of its own")
    return node.line, end
