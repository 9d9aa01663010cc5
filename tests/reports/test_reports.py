"""What was reported as judged wrongly is judged as `expected.yaml` says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from reports.files import EXPECTED, FOLDERS, HERE, copied
from sweeps import long, sweep

from harness.cli import FINDINGS, main

PARTS = ("mistakes", "edges", "remarks", "says", "never", "knows", "status")
MADE = ("of", "change", "about")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def unfolded(text: str) -> str:
    return " ".join(text.split())


def told(findings: Iterable[Mapping[str, Any]], weight: str) -> list[str]:
    """Findings of a weight as the table writes them."""
    parts = ("op", "direction", "operand", "code")
    return [
        " ".join(one[part] for part in parts if one[part])
        for one in findings
        if one["weight"] == weight
    ]


def test_the_table_has_every_file_and_knows_no_other_words() -> None:
    files = {path for folder in FOLDERS for path in (HERE / folder).iterdir()}
    rows = [row.get("of", name) for name, row in EXPECTED.items()]
    here = {path.relative_to(HERE).as_posix() for path in files if path.name != "__pycache__"}
    assert {"/".join(name.split("/")[:2]) for name in rows} == here
    assert all((HERE / name).exists() for name in rows)
    assert {part for row in EXPECTED.values() for part in row} <= {*PARTS, *MADE}


@sweep("name", EXPECTED, always=2, sample=10)
def test_a_report_is_judged_as_it_should_have_been(name: str, here: Path, capsys: Captured) -> None:
    row = EXPECTED[name]
    engine = copied(name, here)
    status = main(["check", engine, "--oracle=recorded", "--json", "result.json"])
    printed = capsys.readouterr()
    output = unfolded(printed.out + printed.err)
    result = json.loads((here / "result.json").read_text("utf-8"))
    assert told(result["findings"], "mistake") == row.get("mistakes", [])
    if "edges" in row:
        assert told(result["findings"], "edge") == row["edges"]
    remarks = {f"{one['op']} {one['code']}" for one in result["remarks"]}
    assert set(row.get("remarks", ())) <= remarks
    assert [text for text in row.get("says", ()) if text not in output] == []
    assert [text for text in row.get("never", ()) if text in output] == []
    assert status == row.get("status", FINDINGS)


@pytest.mark.parametrize("name", [name for name, row in EXPECTED.items() if "knows" in row])
def test_it_is_understood_as_it_is_meant(name: str, here: Path, capsys: Captured) -> None:
    assert main(["engines", copied(name, here)]) == 0
    output = unfolded(capsys.readouterr().out)
    assert [text for text in EXPECTED[name]["knows"] if text not in output] == []


@long
def test_a_picture_of_an_engine_that_crashes_says_so(here: Path, capsys: Captured) -> None:
    engine = copied("students/s4.py", here)
    main(["draw", "networks/attention_head", "--engine", engine, "-o", "picture.svg"])
    picture = (here / "picture.svg").read_text("utf-8")
    assert "Nothing is wrong" not in picture + capsys.readouterr().out
    assert "ValueError" in picture
