"""What tests of a class share: a run of `harness grade` on it, and what its gradebook holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from harness.cli import main
from harness.grading.gradebook import Gradebook

GRADE = [sys.executable, "-m", "harness", "grade", "submissions", "--cases", "cases"]


def grade(*options: str) -> int:
    arguments = ["grade", "submissions", "--out", "marks", "--oracle", "recorded"]
    own = [] if "--cases" in options else ["--cases", "cases"]
    return main([*arguments, *own, *options])


def results(folder: Path = Path("marks")) -> dict[str, dict[str, Any]]:
    book = Gradebook(folder, create=False)
    try:
        return {result["engine"]: result for result in book.results()}
    finally:
        book.close()


def scores() -> dict[str, float]:
    return {name: result["score"] for name, result in results().items()}
