"""The reported files: as they were left, or a right engine with the change that is reported."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent
FOLDERS: Final = ("engines", "students", "wild")
EXPECTED: Final[dict[str, dict[str, Any]]] = yaml.safe_load(
    (HERE / "expected.yaml").read_text("utf-8")
)


def text_of(name: str) -> str:
    """The text of a file of the table."""
    row = EXPECTED[name]
    text: str = (HERE / row.get("of", name)).read_text("utf-8")
    for right, wrong in row.get("change", {}).items():
        assert text.count(right) == 1, f"{name}: {right}"
        text = text.replace(right, wrong)
    return text


def copied(name: str, folder: Path) -> str:
    """A report's file in a folder of its own, with the package that it is of; its place there."""
    kind, top, *inside = name.split("/")
    if not inside:
        (folder / top).write_text(text_of(name), "utf-8")
        return top
    shutil.copytree(HERE / kind / top, folder, dirs_exist_ok=True)
    return "/".join(inside)
