"""Gradescope: ``results.json``, and the archive that is uploaded as an autograder.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from harness.grading.formats.common import Result, is_grader_error, rows, summary

STATUS: Final = {True: "passed", False: "failed"}
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same archive is the same bytes."""

SETUP: Final = """\
#!/usr/bin/env bash
# Runs once, when the image is built.
set -euo pipefail
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
    python3 python3-venv python3-pip bubblewrap
python3 -m venv /autograder/environment
/autograder/environment/bin/pip install numpy pyyaml pytest pytest-regressions
/autograder/environment/bin/pip install --no-deps /autograder/source/harness
"""

RUN: Final = """\
#!/usr/bin/env bash
# Runs for each submission; what students see is in results.json alone.
set -uo pipefail
cd /autograder/source
export PATH=/autograder/environment/bin:$PATH
# The container is thrown away after one submission, so a weaker sandbox will do where it has no
# namespaces to give; what a submission must not read or write is closed to other users.
mkdir -p /autograder/results /autograder/class
chmod 700 /autograder/source /autograder/results
rm -rf /autograder/class/submission  # a class of one: whatever was handed in is one submission
cp -R /autograder/submission /autograder/class
harness grade /autograder/class --out /autograder/marks --regrade --jobs 1 --allow-weak \\
    --oracle recorded --entry {entry} {options} > /autograder/grade.log 2>&1
cat /autograder/grade.log
harness export gradescope --from /autograder/marks -o /autograder/results/results.json
"""


def results(result: Result) -> dict[str, Any]:
    """One submission as Gradescope's ``results.json``. A grader error has no score: Gradescope
    then says that the autograder failed, and not that the student did."""
    found: dict[str, Any] = {
        "output": summary(result),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": result.get("seconds", 0.0),
        "extra_data": {"marking": result["marking"], "status": result["status"]},
        "tests": [],
    }
    if is_grader_error(result):
        return found
    found["score"] = result["score"]
    found["tests"] = [
        {
            "name": row.name,
            "name_format": "text",
            "number": str(number),
            "score": row.score,
            "max_score": row.most,
            "status": STATUS[row.passed],
            "output": row.told,
            "output_format": "text",
            "tags": ["hidden"] if row.hidden else [],
            "visibility": "after_published" if row.hidden else "visible",
        }
        for number, row in enumerate(rows(result), 1)
    ]
    return found


def archive(files: Mapping[str, bytes], entry: str, options: str) -> bytes:
    """The autograder as a zip: ``files`` are the harness's sources and the cases, by their paths
    in the archive."""
    buffer = io.BytesIO()
    every = {
        "setup.sh": SETUP.encode(),
        "run_autograder": RUN.format(entry=entry, options=options).encode(),
        **files,
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(every):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            runs = name in ("setup.sh", "run_autograder")
            info.external_attr = (0o755 if runs else 0o644) << 16
            zipped.writestr(info, every[name])
    return buffer.getvalue()


def sources(root: Path) -> dict[str, bytes]:
    """What has to be in the archive to install the harness there: its package and metadata."""
    found = {}
    for place in ("pyproject.toml", "README.md", "LICENSE"):
        if (root / place).is_file():
            found[f"harness/{place}"] = (root / place).read_bytes()
    for package in ("harness", "minigrad"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".pyo"):
                found[f"harness/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    return found
