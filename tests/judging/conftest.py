"""Engines in the making, judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main

Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """``check(engine, {name: case})``: the result of ``harness check``, its exit status with it."""
    monkeypatch.chdir(tmp_path)

    def run(engine: str, cases: dict[str, str] | None = None, *options: str) -> dict[str, Any]:
        Path("mine.py").write_text(engine)
        Path("cases").mkdir(exist_ok=True)
        for name, text in (cases or {}).items():
            Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}\n")
        folder = ["--cases", "cases"] if cases else []
        status = main(["check", "mine.py", *folder, "--json", "out.json", *options])
        return {**json.loads(Path("out.json").read_text()), "exit": status}

    return run
