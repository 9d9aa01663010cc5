"""How the size of the house is counted."""

from __future__ import annotations

import re
from pathlib import Path

from tools import house

ROOT = Path(__file__).resolve().parents[1]

TEXT = '''"""What it is for."""
x = 1


def f():
    "What it gives."
    if x:
        return "text"
'''


def test_docstrings_are_no_statements() -> None:
    assert house.statements(TEXT) == 4


def test_files_are_counted_by_their_rooms(tmp_path: Path) -> None:
    for place in ("harness/__init__.py", "harness/cli/a.py", "harness/cli/b/c.py", "minigrad/d.py"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT)
    assert [file.room for file in house.files(tmp_path)] == [house.SHELL, "cli", "cli", "minigrad"]
    assert list(house.table(house.files(tmp_path)))[2:] == [
        "| cli | 2 | 16 | 8 | 67% |",
        "| minigrad | 1 | 8 | 4 |  |",
        f"| {house.SHELL} | 1 | 8 | 4 | 33% |",
        "| harness | 3 | 24 | 12 |  |",
    ]


def test_every_file_on_the_page_is_there() -> None:
    files = {path.as_posix() for path in ROOT.rglob("*.py")}
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    for name in re.findall(r"[\w/]+\.py\b", text):
        assert any(path.endswith(f"/{name}") for path in files), name
